# courant: one non-recursive Makefile. `make help` lists the targets.
#
# Every module is a static archive, so that a program or a unit test pulls in just the objects it uses and the
# link rules (courantd without libxml2 and gumbo, courant without SQLite) hold by construction; `make lint` checks them.
# Sources, tests, fuzz targets and benchmarks are found by their names: a new file needs no line here.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= /etc
SAN     ?=
CC      ?= cc
TIME    ?= 60
PYTHON  ?= $(firstword $(wildcard /usr/bin/python3) python3)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wcast-qual \
        -Wwrite-strings -Wswitch-enum -fno-common
# Where bytes from the network are taken apart, silent narrowing is an error waiting to happen.
WARN_BYTES := -Wconversion -Wno-sign-conversion

CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -fPIE
ifeq ($(SAN),)
HARDEN += -D_FORTIFY_SOURCE=3
else
SANFLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed

PC := pkg-config
PKGS := libxml-2.0 gumbo jansson uchardet libxxhash libseccomp libcurl openssl libmicrohttpd nettle sqlite3 libzstd libconfuse
PKG_CFLAGS := $(shell $(PC) --cflags $(PKGS))
CPPFLAGS_ALL = -std=gnu17 -D_GNU_SOURCE -DCOURANT_VERSION='"$(VERSION)"' -DCOURANT_LIBEXECDIR='"$(PREFIX)/bin"' \
        -DCOURANT_SYSCONFDIR='"$(SYSCONFDIR)"' -Idaemon -I. -I$(BUILD)/gen $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = $(WARN) $(HARDEN) $(CFLAGS) $(SANFLAGS) -pthread
LDFLAGS_ALL = $(LDHARDEN) $(SANFLAGS) -pthread $(LDFLAGS)

# --- modules -----------------------------------------------------------------------------------------------------
MODULES := base feed wire parser workers fetch schedule refresh websub care api digest service config db client
dir_config := config
dir_db := db
dir_client := client
moddir = $(or $(dir_$(1)),daemon/$(1))
MAINS := daemon/parser/main.c client/main.c
SRCS  := $(foreach m,$(MODULES),$(filter-out $(MAINS),$(wildcard $(call moddir,$(m))/*.c)))
OBJS  := $(SRCS:%.c=$(BUILD)/%.o)
lib   = $(BUILD)/lib$(1).a
libs  = $(foreach m,$(1),$(call lib,$(m)))

PROGRAMS := $(BUILD)/courantd $(BUILD)/courant-parse $(BUILD)/courant
LIBS_courantd      := $(shell $(PC) --libs libcurl openssl libmicrohttpd nettle sqlite3 libzstd jansson libconfuse) -lev -lm
LIBS_courant-parse := $(shell $(PC) --libs libxml-2.0 gumbo jansson uchardet libxxhash libseccomp) -lm
LIBS_courant       := $(shell $(PC) --libs libcurl jansson)
LIBS_all           := $(sort $(LIBS_courantd) $(LIBS_courant-parse) $(LIBS_courant))
MODS_courantd      := refresh websub care api digest service workers fetch schedule wire db config feed base
MODS_courant-parse := parser wire feed base
MODS_courant       := client base

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAMS) ## build courantd, courant-parse and courant into build/

$(BUILD)/courantd: $(BUILD)/daemon/main.o $(call libs,$(MODS_courantd))
$(BUILD)/courant-parse: $(BUILD)/daemon/parser/main.o $(call libs,$(MODS_courant-parse))
$(BUILD)/courant: $(BUILD)/client/main.o $(call libs,$(MODS_courant))
$(PROGRAMS):
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_$(@F))

define module
$(call lib,$(1)): $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAINS),$(wildcard $(call moddir,$(1))/*.c)))
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach m,$(MODULES),$(eval $(call module,$(m))))

BYTES := feed wire parser
$(foreach m,$(BYTES),$(eval $(patsubst %.c,$(BUILD)/%.o,$(wildcard daemon/$(m)/*.c)): private CFLAGS_ALL += $(WARN_BYTES)))

# Text files that the programs carry inside (schema, style sheets) become C string literals: `#include "db/schema.sql.inc"`.
GEN := $(patsubst %,$(BUILD)/gen/%.inc,$(wildcard db/*.sql db/migrations/*.sql daemon/*/*.css daemon/*/*.html))
$(BUILD)/gen/%.inc: % scripts/embed
	@mkdir -p $(@D)
	scripts/embed $< > $@

# Objects are compiled again when the compiler or its flags change, not only when a file does.
quote = '$(subst ','\'',$(1))'
FLAGS = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(WARN_BYTES) $(LDFLAGS_ALL)
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo $(call quote,$(FLAGS)) | cmp -s - $@ || echo $(call quote,$(FLAGS)) > $@
FORCE:
.PHONY: FORCE

$(BUILD)/%.o: %.c $(BUILD)/.flags | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

MAIN_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(MAINS) daemon/main.c))
TEST_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c tests/sim/*.c tests/fuzz/*.c tests/bench/*.c tests/crash/*.c))
-include $(patsubst %.o,%.d,$(OBJS) $(MAIN_OBJS) $(TEST_OBJS))

.PHONY: objects
objects: $(OBJS) $(MAIN_OBJS) ## compile everything, link nothing

# --- tests -------------------------------------------------------------------------------------------------------
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c)) \
        $(patsubst tests/sim/%.c,$(BUILD)/tests/%,$(wildcard tests/sim/test_*.c))
# Very many inputs for code without threads are nothing for ThreadSanitizer, which makes minutes of them.
MANY_INPUTS := test_honest test_html test_html_strict test_word_diff test_xss test_comparison test_life
ifeq ($(SAN),thread)
UNIT := $(filter-out $(MANY_INPUTS:%=$(BUILD)/tests/%),$(UNIT))
endif
TEST_DEFS = -DTEST_DATA='"$(CURDIR)/tests/data"' -DTEST_BUILD='"$(abspath $(BUILD))"'
link_test = $(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group
$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(call libs,$(MODULES))
	@mkdir -p $(@D)
	$(link_test) -lcmocka $(LIBS_all)
$(BUILD)/tests/unit/%.o: private CPPFLAGS_ALL += $(TEST_DEFS)
$(BUILD)/tests/test_faults: $(BUILD)/tests/unit/test_faults.o $(BUILD)/tests/unit/fault_vfs.o $(call libs,$(MODULES))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka $(LIBS_all)
# The simulator: its own parts, the tests that use them, and the daemon's code that it plays.
SIM_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/sim/main.c tests/sim/test_%,$(wildcard tests/sim/*.c)))
$(BUILD)/tests/%: $(BUILD)/tests/sim/%.o $(SIM_OBJS) $(call libs,$(MODULES))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka $(LIBS_all)
$(BUILD)/sim: $(BUILD)/tests/sim/main.o $(SIM_OBJS) $(call libs,refresh fetch schedule feed base)
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_all)
.SECONDARY: $(TEST_OBJS)

.PHONY: check
check: unit e2e lint ## unit tests, end-to-end tests and lint

.PHONY: tests
tests: $(UNIT) # what the compiler has to say about the tests, without running them

.PHONY: unit
unit: all $(UNIT) ## build and run the unit tests
	@scripts/run-unit $(UNIT)

PYTEST_ARGS ?=
PYTEST = env BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -q -p no:cacheprovider
.PHONY: e2e
e2e: all $(BUILD)/crash-inspect ## run the end-to-end tests: the real programs against a scripted origin
	@$(PYTEST) tests/e2e $(PYTEST_ARGS)

CYCLES ?= 1000
.PHONY: crash
crash: all $(BUILD)/crash-inspect ## kill -9 the daemon CYCLES times under load (SEED=): nothing lost, nothing twice, nothing asked early
	@BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/crash/crash.py $(CYCLES)
$(BUILD)/crash-inspect: $(BUILD)/tests/crash/inspect.o $(call libs,db base)
	$(link_test) $(LIBS_all)

STEPS ?= 20000
.PHONY: model
model: $(BUILD)/tests/test_model ## play STEPS random steps against the database, held against a simple model (SEED=)
	@MODEL_STEPS=$(STEPS) $(if $(SEED),MODEL_SEED=$(SEED)) $<

.PHONY: soak
soak: all ## a hostile origin for TIME (20min), with faults by SEED: nothing lost, nothing leaked, no early request
	@BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/e2e/soak.py $(TIME)

.PHONY: etiquette
etiquette: all ## the etiquette score: 24 simulated hours of a mixed set of feeds, judged by what their servers saw (docs/etiquette.md)
	@BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/e2e/score.py

.PHONY: acceptance
acceptance: all ## long runs: a corpus of real feeds, kill -9 in between, an idle daemon's cost (CORPUS=../shared/corpus/real)
	@$(PYTEST) tests/e2e/acceptance_*.py $(PYTEST_ARGS)

# The end-to-end tests run even when unit tests fail: both show what is wrong.
# `+`: a make that is called through a variable takes its share of the jobs, too.
comma := ,
sanitized = u=0; $(3) $(MAKE) BUILD=build/$(1) SAN=$(2) CFLAGS='-O1 -g' unit || u=1; \
        $(3) $(MAKE) BUILD=build/$(1) SAN=$(2) CFLAGS='-O1 -g' e2e && exit $$u
# Compilers' own checks of a running program. Address randomisation is off for TSan: it does not know the memory layout of kernels
# with vm.mmap_rnd_bits above 28.
.PHONY: asan
asan: ## unit and end-to-end tests under AddressSanitizer and UndefinedBehaviorSanitizer, in build/asan
	@+$(call sanitized,asan,address$(comma)undefined,)
.PHONY: tsan
tsan: ## unit and end-to-end tests under ThreadSanitizer, in build/tsan
	@+$(call sanitized,tsan,thread,setarch -R)
.PHONY: valgrind
valgrind: all $(UNIT) ## run the unit tests under valgrind
	@WRAPPER='valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect --suppressions=tests/valgrind.supp' \
		scripts/run-unit $(UNIT)

.PHONY: conformance
conformance: $(BUILD)/courant-parse ## score the parser against the corpus of feeds: no share may fall (tests/conformance/floor.json)
	@BUILD=$(BUILD) PYTHON=$(PYTHON) scripts/conformance $(SCORE_ARGS)

.PHONY: lint
lint: objects $(PROGRAMS) ## check layers, link rules, sizes, style and that the manual is complete
	@BUILD=$(BUILD) CC=$(call quote,$(CC)) CPPFLAGS=$(call quote,$(CPPFLAGS_ALL)) $(PYTHON) scripts/lint
.PHONY: analyze
analyze: $(GEN) ## run cppcheck and clang-tidy over the sources (slow)
	@CPPFLAGS=$(call quote,$(CPPFLAGS_ALL)) scripts/analyze $(SRCS) $(wildcard $(MAINS) daemon/main.c)
.PHONY: check-systemd
check-systemd: all ## boot a real systemd in a container and drive the installed service (root)
	tests/systemd/check-systemd
.PHONY: check-browser
check-browser: all ## open hostile feeds, sanitised and as a digest, in headless Chromium: no script may run
	@BUILD=$(abspath $(BUILD)) $(PYTHON) tests/browser/check-browser

# --- fuzzing -----------------------------------------------------------------------------------------------------
# `make fuzz TIME=60` shares 60 seconds among all targets, each with its seeds and dictionary; FUZZ=fuzz_date runs one.
FUZZ ?= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzz fuzzers
fuzz: ## fuzz every parser of hostile bytes for TIME seconds in all (clang)
	@$(MAKE) BUILD=build/fuzz CC=clang SAN=address,undefined CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzzers
	@BUILD=build/fuzz TIME=$(TIME) scripts/run-fuzz $(FUZZ)
fuzzers: $(FUZZERS)
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(call libs,$(MODULES))
	$(link_test) -fsanitize=fuzzer $(LIBS_all)

# --- benchmarks --------------------------------------------------------------------------------------------------
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))
.PHONY: bench
bench: all $(BENCHES) ## measure the parser against libxml2 with empty handlers, on generated feeds
	@BUILD=$(BUILD) PYTHON=$(PYTHON) tests/bench/run $(BENCHES)
# bench_parse exchanges the sanitiser by the linker: no program holds a switch that leaves it out.
$(BUILD)/bench_parse: private LDFLAGS += -Wl,--wrap=html_sanitise
$(BUILD)/bench_writer: $(BUILD)/tests/bench/store_docs.o
$(BUILD)/bench_store: $(BUILD)/tests/bench/store_docs.o $(BUILD)/tests/bench/store_questions.o
# A yardstick that shares no code with courant.
$(BUILD)/floor: $(BUILD)/tests/bench/floor.o $(BUILD)/tests/bench/floor_store.o
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(shell $(PC) --libs libcurl libxml-2.0 sqlite3) -lev
.PHONY: bench-refresh
bench-refresh: all $(BUILD)/floor ## measure refreshing 1,000 feeds beside newsboat, sfeed_update and a bare fetcher
	@BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/refresh.py $(FEEDS)
$(BUILD)/origin: $(BUILD)/tests/bench/origin.o
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lev
.PHONY: bench-crowd
bench-crowd: all $(BUILD)/floor $(BUILD)/origin ## measure 1,000 slow hosts, and 10,000 of which one in twenty hangs, drips, resets or refuses
	@BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/crowd.py
bench: bench-refresh bench-crowd
.PHONY: bench-million
BENCH_KEEP ?= $(BUILD)/million.db
bench-million: all $(BUILD)/bench_store $(BUILD)/ask $(BUILD)/origin ## 1,000,000 entries in 10,000 feeds: store, index, search, and ask a daemon, beside the limits (BENCH_KEEP= names the database)
	@BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/million.py $(BENCH_KEEP)
$(BUILD)/ask: $(BUILD)/tests/bench/ask.o $(BUILD)/tests/bench/store_docs.o $(call libs,$(MODULES))
	$(link_test) $(LIBS_all)
.PHONY: bench-writer
bench-writer: all $(BUILD)/bench_store $(BUILD)/bench_writer ## measure for how long upkeep holds the writer, and what a backup costs, on that database (made when it is missing)
	@[ -e $(BENCH_KEEP) ] || BENCH_ENTRIES=1000000 BENCH_FEEDS=10000 BENCH_KEEP=$(BENCH_KEEP) $(BUILD)/bench_store
	@cp --reflink=auto $(BENCH_KEEP) $(BUILD)/writer.db; $(BUILD)/bench_writer $(BUILD)/writer.db; status=$$?; rm -f $(BUILD)/writer.db*; exit $$status
	@BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/backup.py $(BENCH_KEEP)
$(BUILD)/bench_%: $(BUILD)/tests/bench/bench_%.o $(call libs,$(MODULES))
	$(link_test) $(LIBS_all)

# --- simulation --------------------------------------------------------------------------------------------------
.PHONY: sim
sim: $(BUILD)/sim ## play 100,000 feeds for 30 days against the scheduler, beside other rules (SIM_ARGS=, docs/scheduling.md)
	$(BUILD)/sim --svg $(BUILD)/scheduling.svg $(SIM_ARGS)

# --- the installed service ---------------------------------------------------------------------------------------
BINDIR := $(DESTDIR)$(PREFIX)/bin
MANDIR := $(DESTDIR)$(PREFIX)/share/man
UNITDIR := $(DESTDIR)$(PREFIX)/lib/systemd
COMPDIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
CONFDIR := $(DESTDIR)$(SYSCONFDIR)/courant
MANS := $(wildcard docs/*.1 docs/*.5 docs/*.8)
# config/NAME.service.in is the system's unit, config/NAME.user.service.in a user's.
UNITS_user := $(wildcard config/*.user.service.in config/*.user.socket.in)
UNITS_system := $(filter-out $(UNITS_user),$(wildcard config/*.service.in config/*.socket.in))
installed = $(PROGRAMS:$(BUILD)/%=$(BINDIR)/%) $(foreach m,$(MANS),$(MANDIR)/man$(subst .,,$(suffix $m))/$(notdir $m)) \
        $(patsubst config/%.in,$(UNITDIR)/system/%,$(UNITS_system)) \
        $(patsubst config/%.in,$(UNITDIR)/user/%,$(subst .user.,.,$(UNITS_user))) $(COMPDIR)/courant

.PHONY: demo
demo: ## show courant at work on bundled sample feeds
	@scripts/demo

.PHONY: install
install: all ## install programs, manual, systemd units and a first configuration (DESTDIR=, PREFIX=, SYSCONFDIR=)
	install -d $(BINDIR) $(CONFDIR)
	install -m 755 $(PROGRAMS) $(BINDIR)
	@for m in $(MANS); do install -D -m 644 -v $$m $(MANDIR)/man$${m##*.}/$${m##*/} || exit 1; done
	@for u in $(UNITS_system); do scripts/install-unit $$u '$(PREFIX)/bin' '$(SYSCONFDIR)' $(UNITDIR)/system || exit 1; done
	@for u in $(UNITS_user); do scripts/install-unit $$u '$(PREFIX)/bin' '$(SYSCONFDIR)' $(UNITDIR)/user || exit 1; done
	install -d $(COMPDIR)
	$(BUILD)/courant completion > $(COMPDIR)/courant
	@if [ -e $(CONFDIR)/courant.conf ]; then echo "$(CONFDIR)/courant.conf is there already and stays as it is"; \
	else install -m 644 -v config/courant.conf $(CONFDIR)/courant.conf; fi

.PHONY: uninstall
uninstall: ## remove what install put there; configuration and data stay
	rm -f $(installed)

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
