// Cortex-M3 (MPS2 AN385) and Cortex-M0 (micro:bit): SysTick and semihosting.
#include "board.h"

#ifdef __ARM_ARCH_6M__
const char *const board_name = BOARD_NAME_CORTEX_M0;
// Fewer than elsewhere: a compare-exchange masks interrupts there.
const uint32_t board_interrupts = 20000;
// SysTick counts at 16 MHz; an instruction takes 128 ns.
#define TICKS_IN(instructions) ((instructions) * 2)
#else
const char *const board_name = BOARD_NAME_CORTEX_M3;
const uint32_t board_interrupts = 100000;
// SysTick counts at 25 MHz.
#define TICKS_IN(instructions) ((instructions) * 16 / 5)
#endif

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYSTICK_CONTROL REGISTER(0xe000e010)
#define SYSTICK_RELOAD REGISTER(0xe000e014)
#define SYSTICK_CURRENT REGISTER(0xe000e018)
#define INTERRUPT_CONTROL REGISTER(0xe000ed04)
#define CLEAR_SYSTICK (1u << 25)

static uint32_t semihosting(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_write(const char *text) {
    semihosting(0x04, text);
}

void board_exit(uint32_t status) {
    const uint32_t block[2] = {0x20026, status};
    semihosting(0x20, block);
    for (;;) __asm__ volatile("wfi");
}

void board_start(void) {}

void board_arm(uint32_t instructions) {
    SYSTICK_RELOAD = TICKS_IN(instructions);
    SYSTICK_CURRENT = 0;
    INTERRUPT_CONTROL = CLEAR_SYSTICK;
    SYSTICK_CONTROL = 7;
}

void board_disarm(void) {
    SYSTICK_CONTROL = 0;
    INTERRUPT_CONTROL = CLEAR_SYSTICK;
}

extern uint32_t bss_start, bss_end, stack_top;

static void reset(void) {
    for (volatile uint32_t *word = &bss_start; word < &bss_end; word++) *word = 0;
    board_exit((uint32_t)main());
}

// A panic in the library traps, and ends here.
static void fault(void) {
    board_write("FAIL fault\n");
    board_exit(101);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, on_timer,
};
