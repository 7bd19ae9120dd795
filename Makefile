# Makefile - builds kernel, libc, programs and initrd into build/, and drives everything else
#
# All results land in build/ (build/clang/ where CC is clang), nothing is written beside the sources.
# Progress goes to standard error: the standard output of `make run` belongs to the guest program.
# Paths are relative throughout, so that a checkout whose path has a space in it works.

MAKEFLAGS += --no-print-directory --no-builtin-rules
ifeq ($(MAKELEVEL),0)
# All processors build, unless -j says how many.
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
ifneq ($(word 2,$(MAKECMDGOALS)),)

# Several goals are reached one after the other, each by a make of its own: what `setup` installs is
# there when the next one starts, and under -j no two machines or test runs get in each other's way.
.PHONY: $(MAKECMDGOALS) one-by-one
$(MAKECMDGOALS): one-by-one
	@:
one-by-one:
	@for goal in $(MAKECMDGOALS); do $(MAKE) "$$goal" || exit; done

else

.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# ---- what the user may set ---------------------------------------------------------------------

MEM ?= 128M
CPU ?= max
KARGS ?=
# How much test-sequences does.
N ?= 2000
SEED ?= 1
STEPS ?= 200
QEMU_ARGS ?=
EXTRA ?=
ifeq ($(origin CC),default)
CC := gcc
endif
LD := ld
AR := ar
NM := nm
STRIP := strip
NASM := nasm
PERL := perl

B ?= $(if $(findstring clang,$(CC)),build/clang,build)
O := $(B)/obj

# tests/vm takes its settings from the environment: the host's shell never sees CMD or EXTRA as code.
# $(value ...) keeps a dollar sign in them what it is.
export LOAM_BUILD := $(B)
export LOAM_CMD := $(value CMD)
export LOAM_MEM := $(value MEM)
export LOAM_CPU := $(value CPU)
export LOAM_KARGS := $(value KARGS)
export LOAM_QEMU_ARGS := $(value QEMU_ARGS)
export LOAM_EXTRA := $(value EXTRA)
export LOAM_VERBOSE := $(V)
export LOAM_GDB_ARGS := $(value GDB_ARGS)
unexport CMD MEM CPU KARGS QEMU_ARGS EXTRA GDB_ARGS

Q := $(if $(filter-out 0,$(V)),,@)
say = @printf '  %-5s %s\n' '$(1)' '$(2)' >&2

# ---- sources -----------------------------------------------------------------------------------

KERNEL_C := $(sort $(shell find kernel -name '*.c' ! -name '*_test.c'))
KERNEL_TEST_C := $(sort $(shell find kernel -name '*_test.c'))
KERNEL_ASM := $(sort $(wildcard boot/*.asm) $(shell find kernel -name '*.asm'))

# libk, the freestanding part of libc: string functions that do not allocate, the integer half of
# formatted output, and the allocator core. Every other file of libc may use the operating system.
LIBK_C := $(sort \
	$(filter-out libc/string/strdup.c libc/string/strndup.c,$(wildcard libc/string/*.c)) \
	$(filter-out %_float.c %_hexfloat.c %_decimal.c,$(wildcard libc/stdio/format*.c)) \
	$(wildcard libc/stdio/vsnprintf.c libc/stdio/snprintf.c) \
	$(wildcard libc/malloc/heap*.c))

CRT_SRC := $(wildcard libc/crt/crt1.*)
LIBC_SRC := $(filter-out $(CRT_SRC) libc/malloc/loammalloc.c,$(sort $(shell find libc -name '*.c' -o -name '*.asm')))

# The malloc family for programs on Linux, with threads.
LOAMMALLOC_C := $(filter-out libc/malloc/libc_heap.c,$(sort $(wildcard libc/malloc/*.c))) \
	libc/unistd/write_error.c

PROGRAMS := $(sort $(basename $(notdir $(wildcard programs/*.c))))
GUEST_TESTS := $(sort $(basename $(notdir $(wildcard tests/guest/*.c))))
HELPERS := $(sort $(basename $(notdir $(wildcard tests/helper/*.c))))
FUZZERS := $(sort $(basename $(notdir $(wildcard tests/fuzz/*.c))))
BENCHES := $(sort $(basename $(notdir $(wildcard tests/bench/*.c))))
SEQUENCES_C := $(sort $(wildcard tests/sequences/*.c))

# ---- flags -------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wvla \
	$(if $(filter-out 0,$(WERROR)),-Werror)
CC_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)
LIBGCC := $(shell $(CC) -print-libgcc-file-name 2>/dev/null)
COMMON := -std=gnu11 -O2 -g $(WARN) -nostdinc -isystem libc/include -isystem '$(CC_INCLUDE)' \
	-isystem build/uapi -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -MMD -MP

KERNEL_MACHINE := -ffreestanding -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-strict-aliasing -fno-delete-null-pointer-checks
KERNEL_CFLAGS := $(COMMON) $(KERNEL_MACHINE) -Ikernel -Ilibc
KERNEL_TEST_CFLAGS := $(KERNEL_CFLAGS) -DSELFTEST=1 -DPARANOID=1
LIBC_CFLAGS := $(COMMON) -ffreestanding -Ilibc
# Without this gcc turns the loop inside memset into a call of memset.
STRING_CFLAGS := -fno-builtin $(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns)
LIBK_CFLAGS := $(LIBC_CFLAGS) $(KERNEL_MACHINE) -DLIBK
PROGRAM_CFLAGS := $(COMMON)

LOAMMALLOC_CFLAGS := -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE -DHEAP_THREADS=1 -Ilibc -fPIC -fno-builtin \
	-fno-stack-protector -fcf-protection=none -MMD -MP

NASMFLAGS := -f elf64 -g -F dwarf -I kernel/ $(if $(filter-out 0,$(WERROR)),-Werror)
KERNEL_LDFLAGS := -m elf_x86_64 -nostdlib -static -T linker.ld -z max-page-size=4096 -z noexecstack \
	--build-id=none
PROGRAM_LDFLAGS := -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack \
	-z separate-code -z norelro --build-id=none

# ---- objects -----------------------------------------------------------------------------------

KERNEL_OBJ := $(KERNEL_C:%=$(O)/%.o) $(KERNEL_ASM:%=$(O)/%.o)
KERNEL_TEST_OBJ := $(KERNEL_C:%=$(O)/selftest/%.o) $(KERNEL_TEST_C:%=$(O)/selftest/%.o) \
	$(KERNEL_ASM:%=$(O)/%.o)
LIBC_OBJ := $(LIBC_SRC:%=$(O)/%.o)
LOAMMALLOC_OBJ := $(LOAMMALLOC_C:%=$(O)/loammalloc/%.o)
LIBK_OBJ := $(LIBK_C:%=$(O)/libk/%.o)
CRT_OBJ := $(CRT_SRC:%=$(O)/%.o)
BINS := $(PROGRAMS:%=$(B)/bin/%)
TEST_BINS := $(GUEST_TESTS:%=$(B)/test/%) $(HELPERS:%=$(B)/test/%) $(B)/test/sequences \
	$(FUZZERS:%=$(B)/fuzz/%) $(BENCHES:%=$(B)/bench/%)

.PHONY: all kernel libc programs initrd loammalloc
all: kernel libc programs initrd ## build kernel, libc, programs and initrd (the default)
kernel: $(B)/kernel.elf
libc: $(B)/libc.a $(B)/libk.a $(CRT_OBJ)
programs: $(BINS)
initrd: $(B)/initrd.cpio
loammalloc: $(B)/libloammalloc.so $(B)/libloammalloc.a ## the allocator for programs on Linux

# Two files that change only when the flags do, and when a source comes or goes: no time stamp of a
# prerequisite would tell. Every object depends on the first, what is linked or packed on the second.
FLAGS_TEXT = $(CC) $(KERNEL_CFLAGS) | $(LIBC_CFLAGS) | $(STRING_CFLAGS) | $(PROGRAM_CFLAGS) | $(LOAMMALLOC_CFLAGS) | \
	$(NASMFLAGS) | $(KERNEL_LDFLAGS) | $(PROGRAM_LDFLAGS)
CONTENTS_TEXT = $(KERNEL_TEST_OBJ) | $(LIBC_OBJ) | $(LIBK_OBJ) | $(LOAMMALLOC_OBJ) | $(BINS) $(TEST_BINS)
remember = @mkdir -p $(@D); printf '%s\n' "$(subst ",\",$1)" | cmp -s - $@ || \
	printf '%s\n' "$(subst ",\",$1)" >$@
$(O)/flags: FORCE
	$(call remember,$(FLAGS_TEXT))
$(O)/contents: FORCE
	$(call remember,$(CONTENTS_TEXT))
.PHONY: FORCE
FORCE:

# The kernel's exported headers as the compiler's <asm/...>, <asm-generic/...>, <linux/...>.
UAPI := build/uapi/.made
$(UAPI):
	@mkdir -p $(@D)
	@for asm in /usr/include/x86_64-linux-gnu/asm /usr/include/asm; do \
		if [ -d $$asm ]; then ln -sfn $$asm $(@D)/asm; break; fi; done
	@ln -sfn /usr/include/asm-generic $(@D)/asm-generic
	@ln -sfn /usr/include/linux $(@D)/linux
	@touch $@

$(O)/selftest/kernel/%.c.o: kernel/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$< (selftest))
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_TEST_CFLAGS) -c -o $@ $<
$(O)/kernel/%.c.o: kernel/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) -c -o $@ $<
$(O)/libk/libc/%.c.o: libc/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$< (libk))
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBK_CFLAGS) $(if $(filter libc/string/%,$<),$(STRING_CFLAGS)) -c -o $@ $<
$(O)/loammalloc/libc/%.c.o: libc/%.c $(O)/flags
	$(call say,CC,$< (loammalloc))
	@mkdir -p $(@D)
	$(Q)$(CC) $(LOAMMALLOC_CFLAGS) -c -o $@ $<
$(O)/libc/%.c.o: libc/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBC_CFLAGS) $(if $(filter libc/string/%,$<),$(STRING_CFLAGS)) -c -o $@ $<
$(O)/programs/%.c.o: programs/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_CFLAGS) -c -o $@ $<
$(O)/tests/%.c.o: tests/%.c $(O)/flags | $(UAPI)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_CFLAGS) -Itests/guest -c -o $@ $<
$(O)/%.asm.o: %.asm $(O)/flags
	$(call say,NASM,$<)
	@mkdir -p $(@D)
	$(Q)$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -MP -MQ $@ -o $@ $<

$(B)/libc.a: $(LIBC_OBJ)
$(B)/libk.a: $(LIBK_OBJ)
# One member: whoever takes malloc() from it takes all, and nothing from the C library.
$(O)/loammalloc/all.o: $(LOAMMALLOC_OBJ)
	$(Q)$(LD) -r -o $@ $^
$(B)/libloammalloc.a: $(O)/loammalloc/all.o
$(B)/libc.a $(B)/libk.a $(B)/libloammalloc.a: $(O)/contents
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $(filter %.o,$^)

# For LD_PRELOAD. Only the malloc family can be seen from outside.
$(B)/libloammalloc.so: $(LOAMMALLOC_OBJ) libc/malloc/loammalloc.map $(O)/contents
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-z,now -Wl,--version-script=libc/malloc/loammalloc.map -o $@ $(LOAMMALLOC_OBJ) -pthread

# ---- kernel ------------------------------------------------------------------------------------

# The symbol table for backtraces is made from a first link and linked into a second one. It lies
# behind all text, so that no listed address moves between the two; `mksyms --check` proves that.
define kernel_rules
$(B)/$(1).pass1: $(2) $(O)/contents $(B)/libk.a $(O)/ksyms-none.o linker.ld
	$$(Q)$$(LD) $$(KERNEL_LDFLAGS) -o $$@ $(2) $(O)/ksyms-none.o $(B)/libk.a
$(O)/$(1).ksyms.asm: $(B)/$(1).pass1 boot/mksyms
	$$(Q)$$(NM) -n $$< | $$(PERL) boot/mksyms >$$@
$(O)/$(1).ksyms.o: $(O)/$(1).ksyms.asm
	$$(Q)$$(NASM) -f elf64 -o $$@ $$<
$(B)/$(1): $(2) $(O)/contents $(B)/libk.a $(O)/$(1).ksyms.o linker.ld
	$$(call say,LD,$$@)
	$$(Q)$$(LD) $$(KERNEL_LDFLAGS) -o $$@ $(2) $(O)/$(1).ksyms.o $(B)/libk.a
	$$(Q)$$(NM) -n $$@ | $$(PERL) boot/mksyms --check $(O)/$(1).ksyms.asm
endef
$(eval $(call kernel_rules,kernel.elf,$(KERNEL_OBJ)))
$(eval $(call kernel_rules,kernel-test.elf,$(KERNEL_TEST_OBJ)))
.SECONDARY:

$(O)/ksyms-none.o: boot/mksyms $(O)/flags
	$(Q)$(PERL) boot/mksyms </dev/null >$(O)/ksyms-none.asm
	$(Q)$(NASM) -f elf64 -o $@ $(O)/ksyms-none.asm

# ---- programs and archives ---------------------------------------------------------------------

link_program = $(Q)$(LD) $(PROGRAM_LDFLAGS) -o $@ $(CRT_OBJ) $(filter $(O)/programs/% $(O)/tests/%,$^) --start-group $(B)/libc.a $(LIBGCC) \
	--end-group
$(B)/bin/%: $(O)/programs/%.c.o $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(B)/test/%: $(O)/tests/guest/%.c.o $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(B)/test/%: $(O)/tests/helper/%.c.o $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(B)/test/sequences: $(SEQUENCES_C:%=$(O)/%.o) $(O)/contents $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(B)/fuzz/%: $(O)/tests/fuzz/%.c.o $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(B)/bench/%: $(O)/tests/bench/%.c.o $(CRT_OBJ) $(B)/libc.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(link_program)
$(O)/stripped/%: $(B)/%
	@mkdir -p $(@D)
	$(Q)$(STRIP) -o $@ $<

GPL := /usr/share/common-licenses/GPL-3
INITRD_ARGS = --dir /proc --dir /tmp --dir /dev/shm --dir /test --node /dev/console:c:5:1 --node /dev/null:c:1:3 \
	--node /dev/zero:c:1:5 --node /dev/full:c:1:7 --node /dev/random:c:1:8 --node /dev/urandom:c:1:9 \
	--node /dev/kmsg:c:1:11 --node /dev/ttyS0:c:4:64 --node /dev/tty:c:5:0 --link /dev/fd=/proc/self/fd \
	--link /dev/stdin=/proc/self/fd/0 --link /dev/stdout=/proc/self/fd/1 --link /dev/stderr=/proc/self/fd/2 $(if $(wildcard $(GPL)),--file /share/gpl-3.txt=$(GPL)) \
	$(foreach p,$(PROGRAMS),--file /bin/$p=$(O)/stripped/bin/$p)
$(B)/initrd.cpio: $(PROGRAMS:%=$(O)/stripped/bin/%) boot/mkinitrd $(O)/contents Makefile
	$(call say,CPIO,$@)
	$(Q)$(PERL) boot/mkinitrd $@ $(INITRD_ARGS)
$(B)/initrd-test.cpio: $(B)/initrd.cpio $(TEST_BINS:$(B)/%=$(O)/stripped/%) $(wildcard tests/guest/data/*)
	$(call say,CPIO,$@)
	$(Q)$(PERL) boot/mkinitrd $@ --base $(B)/initrd.cpio \
		$(foreach p,$(TEST_BINS:$(B)/%=%),--file /$p=$(O)/stripped/$p) \
		$(if $(wildcard tests/guest/data),--tree tests/guest/data=/test/data)

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# ---- running -----------------------------------------------------------------------------------

SELFTEST := $(filter selftest paranoid,$(KARGS))
RUN_KERNEL := $(B)/$(if $(SELFTEST),kernel-test.elf,kernel.elf)
RUN_INITRD := $(B)/initrd.cpio
VM := $(PERL) tests/vm --kernel $(RUN_KERNEL) --initrd $(RUN_INITRD)

.PHONY: run run-iso debug iso
run: $(RUN_KERNEL) $(RUN_INITRD) ## boot in QEMU: a shell, or CMD='program arguments'; MEM CPU KARGS QEMU_ARGS EXTRA
	@$(VM)
run-iso: $(RUN_KERNEL) $(RUN_INITRD) ## the same through GRUB, from a CD image
	@$(VM) --iso
debug: $(RUN_KERNEL) $(RUN_INITRD) ## QEMU waits for gdb, gdb starts with the kernel's symbols; GDB_ARGS
	@$(VM) --gdb
iso: $(B)/loam.iso ## make build/loam.iso, a CD image that boots the kernel through GRUB
$(B)/loam.iso: $(B)/kernel.elf $(B)/initrd.cpio boot/grub.cfg boot/mkiso
	$(call say,ISO,$@)
	$(Q)$(PERL) boot/mkiso $@ $(B)/kernel.elf $(B)/initrd.cpio

# ---- tests -------------------------------------------------------------------------------------

.PHONY: setup test test-sequences bench bench-linux
setup: ## install what is missing (Debian: by apt) and fetch the tests' oracle
	@sh tests/setup >&2

TEST_NEEDS := $(B)/libloammalloc.so $(B)/libloammalloc.a $(B)/kernel.elf $(B)/kernel-test.elf $(B)/initrd.cpio $(B)/initrd-test.cpio $(BINS) $(TEST_BINS)
test: $(TEST_NEEDS) ## run all tests, or those that match T='guest/* run'
	@$(PERL) tests/run $(T)

test-sequences: $(TEST_NEEDS) ## N random sequences of STEPS memory calls from SEED on, on Loam and on Linux
	@$(PERL) -Itests tests/sequences.t $(N) $(SEED) $(STEPS)
.PHONY: fuzz test-sequences test-programs
# What the sources of Debian's packages are unpacked and built with.
PROGRAM_TOOLS := musl-tools g++ dpkg-dev patch xz-utils bzip2 tcl
test-programs: $(TEST_NEEDS) ## shells, tools, databases, compilers, threads: PROGRAM, or all, on Loam and on Linux
	@sh tests/setup $(PROGRAM_TOOLS) >&2
	@$(PERL) -Itests tests/programs/run $(PROGRAM)
fuzz: $(TEST_NEEDS) ## run every fuzzer for long: CALLS system calls, RUNS host inputs, from SEED; KARGS=paranoid
	@LOAM_FUZZ_CALLS=$(CALLS) LOAM_FUZZ_SEED=$(FUZZ_SEED) LOAM_FUZZ_RUNS=$(RUNS) LOAM_FUZZ_KARGS='$(KARGS)' \
		$(PERL) tests/run 'host/fuzz_*' fuzz
.PHONY: soak
soak: $(TEST_NEEDS) ## ten million random calls of the malloc family in the guest, plain and hardened; threads a thousand times
	@LOAM_SOAK_OPERATIONS=$(OPERATIONS) LOAM_FUZZ_SEED=$(FUZZ_SEED) $(PERL) tests/run soak
	@sh tests/setup $(PROGRAM_TOOLS) >&2
	@LOAM_SOAK_RUNS=$(THREAD_RUNS) $(PERL) -Itests tests/programs/run soak
OPERATIONS ?= 10000000
THREAD_RUNS ?= 1000
CALLS ?= 20000000
RUNS ?= 1000000
# Another one each time, unless the user says which.
FUZZ_SEED = $(if $(filter file,$(origin SEED)),$(shell date +%s),$(SEED))

# Both compilers build everything in folders of their own, where a warning is an error; the tools that
# look at one file at a time run beside that, and again only over what has changed.
PERL_SCRIPTS = boot/mkinitrd boot/mkiso boot/mksyms $(wildcard tests/*.t tests/*.pm tests/harness/*.t) \
	tests/vm tests/run tests/check-layers tests/programs/run tests/bench/report tests/bench/malloc/report
.PHONY: check check-format check-layers check-scripts check-gcc check-clang check-cppcheck check-build check-tidy
CHECKS := check-format check-layers check-scripts check-gcc check-clang check-cppcheck
check: $(CHECKS) ## formatting, layers, headers, clang-tidy, cppcheck, gcc and clang without a warning
	$(call say,OK,check)
check-format:
	$(call say,CHECK,formatting)
	$(Q)find kernel libc programs tests -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
check-layers:
	$(call say,CHECK,layers)
	$(Q)$(PERL) tests/check-layers
check-scripts:
	$(call say,CHECK,scripts)
	$(Q)for script in $(PERL_SCRIPTS); do \
		! $(PERL) -Itests -wc $$script 2>&1 | grep -v 'syntax OK' >&2 || exit; done
	$(Q)for script in tests/setup tests/oracle .ci/run; do sh -n $$script || exit; done
	$(Q)$(PERL) -Itests -MDifferences -e 'Differences::verify()'
check-gcc:
	$(Q)$(MAKE) CC=gcc B=build/check/gcc WERROR=1 check-build
check-clang:
	$(Q)$(MAKE) CC=clang B=build/check/clang WERROR=1 check-tidy
check-cppcheck: $(UAPI)
	$(call say,CHECK,cppcheck)
	@mkdir -p build/check/cppcheck
	$(Q)cppcheck $(CPPCHECK_FLAGS) -Ikernel -Ilibc kernel libc programs

CPPCHECK_FLAGS := --quiet --std=c11 --platform=unix64 --inline-suppr --error-exitcode=1 \
	--enable=warning,performance,portability --cppcheck-build-dir=build/check/cppcheck -j 2 \
	-D__x86_64__ -D__GNUC__=12 --suppress=missingInclude --suppress=unmatchedSuppression \
	--suppress=comparePointers --suppress=subtractPointers --suppress=varFuncNullUB --suppress=ctunullpointer

# (A _body.h is a template: whoever includes it defines its parameters first.)
HEADERS := $(filter-out %_body.h,$(sort $(shell find kernel libc tests/guest tests/sequences -name '*.h')))
HEADER_STAMPS := $(HEADERS:%=$(O)/header/%.ok)
TIDY_STAMPS := $(patsubst %,$(O)/tidy/%.ok,$(KERNEL_C) $(KERNEL_TEST_C) \
	$(filter %.c,$(LIBC_SRC) $(CRT_SRC)) $(wildcard programs/*.c))
check-build: $(TEST_NEEDS) $(HEADER_STAMPS)
check-tidy: check-build $(TIDY_STAMPS)

# What a file of this folder is compiled with.
flags_of = $(if $(filter kernel/%,$1),$(KERNEL_TEST_CFLAGS),\
	$(if $(filter libc/%,$1),$(LIBC_CFLAGS),$(PROGRAM_CFLAGS) -Itests/guest))
$(O)/header/%.ok: % $(O)/flags | $(UAPI)
	$(call say,CHECK,$< alone)
	@mkdir -p $(@D)
	$(Q)echo '#include "$<"' | $(CC) $(call flags_of,$<) -I. -MF $(@:.ok=.d) -MT $@ -fsyntax-only -x c -
	@touch $@
$(O)/tidy/%.ok: % $(O)/flags .clang-tidy | $(UAPI)
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(filter-out -MMD -MP,$(call flags_of,$<)) 2>$(@:.ok=.err) || \
		{ cat $(@:.ok=.err) >&2; exit 1; }
	@$(CC) $(filter-out -MMD,$(call flags_of,$<)) -MM -MF $(@:.ok=.d) -MT $@ $<
	@touch $@

# A hundred thousand areas are promised more than the usual machine has.
ifeq ($(origin MEM),file)
bench bench-linux: export LOAM_MEM := 2G
endif
bench: $(TEST_NEEDS) ## instructions per operation and the cost of starting up
	@$(PERL) tests/bench/report
bench-linux: $(TEST_NEEDS) ## the same under Linux in the same machine, side by side
	@$(PERL) tests/bench/report --linux
.PHONY: bench-malloc
PEERS := valgrind libmimalloc2.0 libjemalloc2 libtcmalloc-minimal4
bench-malloc: $(B)/libloammalloc.so $(B)/bench/malloc/rows $(B)/bench/malloc/worst $(B)/kernel.elf $(B)/initrd.cpio ## the allocator beside others on this machine: instructions, time, memory
	@sh tests/setup $(PEERS) >&2
	@$(PERL) tests/bench/malloc/report $(PART)

# ---- the rest ----------------------------------------------------------------------------------

.PHONY: clean distclean help
clean: ## remove what was built (the oracle's kernel stays)
	$(Q)find build -mindepth 1 -maxdepth 1 ! -name oracle -exec rm -rf {} + 2>/dev/null || true
distclean: ## remove build/ altogether
	$(Q)rm -rf build
help: ## show this list
	@sed -n 's/^\([a-z][a-z-]*\):.* ## \(.*\)/\1 \2/p' Makefile | \
		while read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

endif
