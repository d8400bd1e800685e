// RV32IMAC (QEMU `virt`): the machine timer of the CLINT, the UART and the test device.
#include "board.h"

const char *const board_name = BOARD_NAME_RISCV32;
const uint32_t board_interrupts = 100000;

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define TEST REGISTER(0x00100000)
#define MTIMECMP_LOW REGISTER(0x02004000)
#define MTIMECMP_HIGH REGISTER(0x02004004)
#define MTIME_LOW REGISTER(0x0200bff8)
#define MTIME_HIGH REGISTER(0x0200bffc)
#define UART (*(volatile uint8_t *)0x10000000)

void board_write(const char *text) {
    for (; *text; text++) UART = (uint8_t)*text;
}

void board_exit(uint32_t status) {
    TEST = status == 0 ? 0x5555 : (status << 16 | 0x3333);
    for (;;) __asm__ volatile("wfi");
}

static void set_compare(uint32_t low, uint32_t high) {
    MTIMECMP_HIGH = UINT32_MAX;
    MTIMECMP_LOW = low;
    MTIMECMP_HIGH = high;
}

void board_arm(uint32_t instructions) {
    // The timer counts at 10 MHz; an instruction takes 128 ns.
    uint32_t low = MTIME_LOW, high = MTIME_HIGH, then = low + (instructions * 5 + 3) / 4;
    set_compare(then, high + (then < low));
}

void board_disarm(void) {
    set_compare(UINT32_MAX, UINT32_MAX);
}

__attribute__((interrupt("machine"), aligned(4))) static void trap(void) {
    uint32_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    if (cause != (1u << 31 | 7)) {
        // A panic in the library traps, and ends here.
        board_write("FAIL fault\n");
        board_exit(101);
    }
    on_timer();
}

void board_start(void) {
    board_disarm();
    __asm__ volatile("csrw mtvec, %0" : : "r"(trap));
    __asm__ volatile("csrs mie, %0" : : "r"(1 << 7));
    __asm__ volatile("csrsi mstatus, 8");
}

extern uint32_t bss_start, bss_end;

__attribute__((used)) static void reset(void) {
    for (volatile uint32_t *word = &bss_start; word < &bss_end; word++) *word = 0;
    board_exit((uint32_t)main());
}

__asm__(".section .vectors,\"ax\"\n.globl start\nstart: la sp, stack_top\nj reset\n.text\n");
