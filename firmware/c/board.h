// What the checks need of a board: a console, an exit, and one timer interrupt. Time is counted in instructions: see
// ../src/board/mod.rs.
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define BOARD_NAME_CORTEX_M3 "Cortex-M3 (thumbv7m, MPS2 AN385)"
#define BOARD_NAME_CORTEX_M0 "Cortex-M0 (thumbv6m, micro:bit)"
#define BOARD_NAME_RISCV32 "RV32IMAC (riscv32imac, virt)"

extern const char *const board_name;

// How many interrupts have to land inside a call for a check to count.
extern const uint32_t board_interrupts;

void board_start(void);
void board_write(const char *text);
// The emulator exits with this status.
_Noreturn void board_exit(uint32_t status);
// The next timer interrupt comes after about that many instructions, at least 1.
void board_arm(uint32_t instructions);
void board_disarm(void);

// Defined by the checks. `on_timer` is called in the interrupt, and arms the next one.
void on_timer(void);
int main(void);

#endif
