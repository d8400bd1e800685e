// The roundtrip workload on channels: jobs, outcomes, goroutines between them.
//
// Arguments: WORKLOAD SHAPE WORKERS JOBS SPINS. Prints a blank and nanoseconds a job.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	inFlight = 1024
	pools    = 10
	// What one sample should not exceed by much.
	budget = 200 * time.Millisecond
)

func tiny(v uint64) uint64 { return v*v + 1 }

// start makes a pool; the last worker to leave closes the outcomes.
func start(workers, capacity int) (chan<- uint64, <-chan uint64) {
	jobs := make(chan uint64, capacity)
	outcomes := make(chan uint64, capacity)
	var group sync.WaitGroup
	group.Add(workers)
	for range workers {
		go func() {
			defer group.Done()
			for job := range jobs {
				outcomes <- tiny(job)
			}
		}()
	}
	go func() {
		group.Wait()
		close(outcomes)
	}()
	return jobs, outcomes
}

// feed submits until the pool is full, waits for an outcome, takes what else there is.
func feed(jobs chan<- uint64, outcomes <-chan uint64, total uint64) (sum uint64) {
	var sent, got uint64
	for got < total {
	submit:
		for sent < total && sent-got < inFlight {
			select {
			case jobs <- sent:
				sent++
			default:
				break submit
			}
		}
		if got == sent {
			continue
		}
		sum += <-outcomes
		got++
	collect:
		for {
			select {
			case outcome := <-outcomes:
				sum += outcome
				got++
			default:
				break collect
			}
		}
	}
	return sum
}

// each gives nanoseconds a job.
func each(took time.Duration, total uint64) float64 {
	return float64(took.Nanoseconds()) / float64(total)
}

func bounded(workers int, total uint64) float64 {
	jobs, outcomes := start(workers, inFlight)
	defer close(jobs)
	first := total / 20
	begin := time.Now()
	feed(jobs, outcomes, first)
	affordable := uint64(float64(budget.Nanoseconds()) / each(time.Since(begin), first))
	total = max(min(total, affordable), first)
	begin = time.Now()
	sum := feed(jobs, outcomes, total)
	took := time.Since(begin)
	check(sum, total)
	return each(took, total)
}

func seed(workers int, total uint64) float64 {
	var took time.Duration
	var made uint64
	for ; made < pools && took < budget; made++ {
		jobs, outcomes := start(workers, int(total))
		begin := time.Now()
		for job := range total {
			jobs <- job
		}
		close(jobs)
		var sum uint64
		for range total {
			sum += <-outcomes
		}
		took += time.Since(begin)
		check(sum, total)
	}
	return each(took, total*made)
}

func check(sum, total uint64) {
	for job := range total {
		sum -= tiny(job)
	}
	if sum != 0 {
		panic("the sum of the outcomes")
	}
}

func main() {
	workers, errWorkers := strconv.Atoi(os.Args[3])
	total, errTotal := strconv.ParseUint(os.Args[4], 10, 64)
	if errWorkers != nil || errTotal != nil {
		os.Exit(2)
	}
	time.AfterFunc(time.Minute, func() { panic("hangs") })
	var nanos float64
	switch os.Args[2] {
	case "bounded":
		nanos = bounded(workers, total)
	case "seed":
		nanos = seed(workers, total/pools)
	default:
		os.Exit(2)
	}
	fmt.Printf(" %f\n", nanos)
}
