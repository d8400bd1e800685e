// jobring's C library on a bare core: rings and a pool in static memory, shared by the main loop and an interrupt.
#include "board.h"
#include "jobring.h"

// The console.

static void write_number(uint32_t number) {
    char text[11];
    int at = sizeof text - 1;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    board_write(text + at);
}

static uint32_t passed, failed;

// One line for each check. What was counted comes after the text.
static void check(int holds, const char *what, const char *counted, uint32_t count) {
    board_write(holds ? "ok   " : "FAIL ");
    board_write(what);
    if (counted) {
        board_write(": ");
        write_number(count);
        board_write(" ");
        board_write(counted);
    }
    board_write("\n");
    if (holds) passed++;
    else failed++;
}

// The interrupt. It comes at random, mostly in the middle of a call of the main loop.

enum { MAIN, INTERRUPT, CONTEXTS };
#define LONGEST_GAP 400

static void (*volatile handler)(void);
static volatile uint32_t inside, landed, fired;

static uint32_t random_of(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint32_t randomness[CONTEXTS] = {88172645, 362436069};

void on_timer(void) {
    fired++;
    landed += inside;
    if (handler) {
        handler();
        board_arm(1 + random_of(&randomness[INTERRUPT]) % LONGEST_GAP);
    } else {
        board_disarm();
    }
}

// Runs `step` in the main loop and in interrupts, until enough interrupts came in the middle of a step.
static void both(void (*in_interrupt)(void), void (*step)(void)) {
    landed = fired = 0;
    handler = in_interrupt;
    board_arm(1);
    while (landed < board_interrupts) {
        inside = 1;
        step();
        inside = 0;
    }
    handler = 0;
    board_disarm();
}

// A ring that both contexts push into and pop from.

typedef struct element {
    uint32_t number, inverse;
    uint8_t from;
} element;

JOBRING_RING(ring, element, 8);

// What each context did.
static struct {
    uint32_t pushed, popped, full, wrong;
    // By producer.
    uint32_t next[CONTEXTS];
    // Sums of what was put in and taken out, in which each number counts differently.
    uint32_t in, out;
} sides[CONTEXTS];

static uint32_t mixed(uint32_t number, uint32_t from) {
    uint32_t mix = (number * 2 + from + 1) * 2654435761u;
    return mix ^ mix >> 15;
}

static void ring_push(int context) {
    element e = {sides[context].pushed, ~sides[context].pushed, (uint8_t)context};
    jobring_status status = jobring_ring_push(&ring, &e);
    if (status == JOBRING_OK) {
        sides[context].in += mixed(e.number, e.from);
        sides[context].pushed++;
    } else if (status == JOBRING_FULL) {
        sides[context].full++;
    } else {
        sides[context].wrong++;
    }
}

static int ring_pop(int context) {
    element e;
    jobring_status status = jobring_ring_pop(&ring, &e);
    if (status != JOBRING_OK) {
        sides[context].wrong += status != JOBRING_EMPTY && status != JOBRING_CLOSED;
        return 0;
    }
    // An element is whole, and what one producer pushed first comes first.
    int right = e.number == ~e.inverse && e.from < CONTEXTS && e.number >= sides[context].next[e.from];
    if (right) {
        sides[context].next[e.from] = e.number + 1;
        sides[context].out += mixed(e.number, e.from);
        sides[context].popped++;
    } else {
        sides[context].wrong++;
    }
    return 1;
}

static void ring_steps(int context) {
    for (uint32_t steps = random_of(&randomness[context]) % 4; steps; steps--) {
        if (random_of(&randomness[context]) & 1) ring_push(context);
        else ring_pop(context);
    }
}

static void ring_main(void) {
    ring_steps(MAIN);
}

static void ring_interrupt(void) {
    ring_steps(INTERRUPT);
}

static void check_ring(void) {
    const uint32_t few = board_interrupts / 100;
    both(ring_interrupt, ring_main);
    size_t left = 99;
    jobring_ring_close(&ring);
    check(jobring_ring_len(&ring, &left) == JOBRING_OK && left <= 8, "ring: no more than fit in", "left", left);
    while (ring_pop(MAIN)) left--;
    check(left == 0, "ring: a closed one is drained", 0, 0);
    element e = {0, 0, 0};
    check(jobring_ring_push(&ring, &e) == JOBRING_CLOSED && jobring_ring_pop(&ring, &e) == JOBRING_CLOSED,
          "ring: then it is over", 0, 0);
    check(landed >= board_interrupts, "ring: interrupts", "inside of a step of the main loop", landed);
    check(sides[MAIN].pushed + sides[INTERRUPT].pushed == sides[MAIN].popped + sides[INTERRUPT].popped &&
              sides[MAIN].in + sides[INTERRUPT].in == sides[MAIN].out + sides[INTERRUPT].out &&
              sides[MAIN].wrong + sides[INTERRUPT].wrong == 0,
          "ring: none lost, doubled, torn or out of order", "elements", sides[MAIN].popped + sides[INTERRUPT].popped);
    check(sides[MAIN].pushed > few && sides[INTERRUPT].pushed > few && sides[MAIN].full > 100,
          "ring: it was full at times", "pushes refused", sides[MAIN].full + sides[INTERRUPT].full);
}

// A pool that both contexts submit to, run jobs of and collect from.

typedef struct answer {
    uint32_t number, inverse;
} answer;

JOBRING_STATIC_POOL(pool, uint32_t, answer, 8);

static struct {
    uint32_t submitted, ran, collected, wrong;
    uint32_t in, out;
} shares[CONTEXTS];

static int32_t work(uint32_t worker, void *user, const void *job, void *result) {
    uint32_t number = *(const uint32_t *)job;
    *(answer *)result = (answer){number, ~number};
    ++*(uint32_t *)user;
    return number % 8 == 7 ? (int32_t)worker + 1 : 0;
}

static void pool_submit(int context) {
    uint32_t number = shares[context].submitted * CONTEXTS + (uint32_t)context;
    jobring_status status = jobring_static_pool_submit(&pool, &number, 0);
    if (status == JOBRING_OK) {
        shares[context].in += mixed(number, 0);
        shares[context].submitted++;
    } else {
        shares[context].wrong += status != JOBRING_FULL;
    }
}

static jobring_status pool_run(int context) {
    return jobring_static_pool_run_one(&pool, (uint32_t)context, work, &shares[context].ran);
}

static jobring_status pool_collect(int context) {
    jobring_outcome outcome;
    answer result;
    uint32_t number;
    jobring_status status = jobring_static_pool_collect(&pool, &outcome, &result, &number);
    if (status == JOBRING_OK) {
        int fails = result.number % 8 == 7;
        int right = result.number == number && result.inverse == ~number && outcome.worker < CONTEXTS &&
                    outcome.kind == (fails ? JOBRING_FAILED : JOBRING_DONE) &&
                    outcome.error == (fails ? (int32_t)outcome.worker + 1 : 0);
        shares[context].wrong += !right;
        shares[context].out += mixed(result.number, 0);
        shares[context].collected++;
    }
    return status;
}

static void pool_steps(int context) {
    for (uint32_t steps = random_of(&randomness[context]) % 4; steps; steps--) {
        switch (random_of(&randomness[context]) % 3) {
        case 0: pool_submit(context); break;
        case 1: pool_run(context); break;
        default: pool_collect(context);
        }
    }
}

static void pool_main(void) {
    pool_steps(MAIN);
}

static void pool_interrupt(void) {
    pool_steps(INTERRUPT);
}

static uint32_t total(uint32_t main, uint32_t interrupt) {
    return main + interrupt;
}

static void check_pool(void) {
    const uint32_t few = board_interrupts / 100;
    both(pool_interrupt, pool_main);
    check(landed >= board_interrupts, "pool: interrupts", "inside of a step of the main loop", landed);
    jobring_static_pool_close(&pool);
    while (pool_run(MAIN) == JOBRING_OK) {}
    jobring_status status;
    while ((status = pool_collect(MAIN)) == JOBRING_OK) {}
    check(status == JOBRING_CLOSED, "pool: a closed one is drained, and then it is over", 0, 0);
    uint32_t submitted = total(shares[MAIN].submitted, shares[INTERRUPT].submitted);
    check(submitted == total(shares[MAIN].ran, shares[INTERRUPT].ran) &&
              submitted == total(shares[MAIN].collected, shares[INTERRUPT].collected) &&
              total(shares[MAIN].in, shares[INTERRUPT].in) == total(shares[MAIN].out, shares[INTERRUPT].out) &&
              total(shares[MAIN].wrong, shares[INTERRUPT].wrong) == 0,
          "pool: each accepted job ran once and gave one outcome, its own", "jobs", submitted);
    check(shares[MAIN].ran > few && shares[INTERRUPT].ran > few, "pool: the interrupt is a worker", "jobs run there",
          shares[INTERRUPT].ran);
    jobring_static_stats stats;
    check(jobring_static_pool_get_stats(&pool, &stats) == JOBRING_OK && stats.accepted == submitted &&
              stats.in_flight == 0,
          "pool: it knows what it accepted", 0, 0);
}

// At rest.

JOBRING_RING(untouched, uint16_t, 4);
static volatile jobring_status first_push = JOBRING_ERR_INTERNAL;

static void push_first(void) {
    uint16_t value = 7;
    first_push = jobring_ring_push(&untouched, &value);
    handler = 0;
}

static void check_at_rest(void) {
    // The interrupt comes first, before any call.
    handler = push_first;
    board_arm(1);
    while (handler) {}
    uint16_t value = 0;
    check(first_push == JOBRING_OK && jobring_ring_pop(&untouched, &value) == JOBRING_OK && value == 7,
          "an interrupt that comes before any other call finds a usable ring", 0, 0);

    int fits = 1;
    for (size_t size = 1; size < 20; size++) {
        fits &= jobring_ring_size(size, size) <= JOBRING_RING_SIZE(size, size);
        fits &= jobring_static_pool_size(size, size, 20 - size) <= JOBRING_STATIC_POOL_SIZE(size, size, 20 - size);
    }
    check(fits, "the macros give at least the memory that is needed", "bytes for 16 uint32_t",
          (uint32_t)jobring_ring_size(16, 4));

    jobring_ring bad = ring;
    bad.capacity = (size_t)1 << 27;
    bad.memory_size = SIZE_MAX / 2;
    check(jobring_ring_check(&bad) == JOBRING_ERR_CAPACITY, "a capacity that does not fit the word has a status", 0, 0);
    bad = ring;
    bad.memory_size = 100;
    check(jobring_ring_push(&bad, &value) == JOBRING_ERR_MEMORY_SIZE, "so has too little memory", 0, 0);
    check(jobring_ring_check(&ring) == JOBRING_OK && jobring_static_pool_check(&pool) == JOBRING_OK,
          "and those that are right have none", 0, 0);
    check(jobring_abi_version() == JOBRING_ABI_VERSION, "the library is the header's", 0, 0);
}

int main(void) {
    board_start();
    board_write("jobring's C library on ");
    board_write(board_name);
    board_write("\n");
    check_at_rest();
    check_ring();
    check_pool();
#ifdef MUST_FAIL
    check(0, "this check fails on purpose", 0, 0);
#endif
    if (failed) {
        board_write("FAILED ");
        write_number(failed);
        board_write(" checks\n");
        return 1;
    }
    board_write("PASS ");
    write_number(passed);
    board_write(" checks\n");
    return 0;
}
