# courant: one non-recursive Makefile. `make help` lists the targets.
#
# Every module is a static archive, so that a program or a unit test pulls in just the objects it uses and the
# link rules (courantd without libxml2 and gumbo, courant without SQLite) hold by construction; `make lint` checks them.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= /etc
SAN     ?=
CC      ?= cc

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
PKGS := libxml-2.0 gumbo jansson uchardet libxxhash libseccomp libcurl libmicrohttpd sqlite3 libconfuse
CPPFLAGS_ALL = -std=gnu17 -D_GNU_SOURCE -DCOURANT_VERSION='"$(VERSION)"' -DCOURANT_LIBEXECDIR='"$(PREFIX)/bin"' \
        -DCOURANT_SYSCONFDIR='"$(SYSCONFDIR)"' -Idaemon -I. -I$(BUILD)/gen $(shell $(PC) --cflags $(PKGS)) $(CPPFLAGS)
CFLAGS_ALL = $(WARN) $(HARDEN) $(CFLAGS) $(SANFLAGS) -pthread
LDFLAGS_ALL = $(LDHARDEN) $(SANFLAGS) -pthread $(LDFLAGS)

# --- modules -----------------------------------------------------------------------------------------------------
MODULES := base feed wire parser workers fetch schedule refresh api digest service config db client
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
LIBS_courantd      := $(shell $(PC) --libs libcurl libmicrohttpd sqlite3 jansson libconfuse) -lev -lm
LIBS_courant-parse := $(shell $(PC) --libs libxml-2.0 gumbo jansson uchardet libxxhash libseccomp) -lm
LIBS_courant       := $(shell $(PC) --libs libcurl jansson)
MODS_courantd      := refresh api digest service workers fetch schedule wire db config feed base
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
$(foreach m,$(BYTES),$(eval $(patsubst %.c,$(BUILD)/%.o,$(wildcard daemon/$(m)/*.c)): CFLAGS_ALL += $(WARN_BYTES)))

$(BUILD)/%.o: %.c | $(BUILD)/gen/.made
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Text files that the programs carry inside (schema, style sheets) become C string literals.
$(BUILD)/gen/.made:
	@mkdir -p $(@D)
	@touch $@
$(BUILD)/gen/%.inc: % scripts/embed
	@mkdir -p $(@D)
	scripts/embed $< > $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- tests -------------------------------------------------------------------------------------------------------
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(call libs,$(MODULES))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka \
	        $(sort $(LIBS_courantd) $(LIBS_courant-parse) $(LIBS_courant))
$(BUILD)/tests/unit/%.o: tests/unit/%.c | $(BUILD)/gen/.made
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -DTEST_DATA='"$(CURDIR)/tests/data"' -DTEST_BUILD='"$(abspath $(BUILD))"' \
	        -MMD -MP -c -o $@ $<

.PHONY: unit
unit: all $(UNIT) ## build and run the unit tests
	@for t in $(UNIT); do $$t || exit 1; done

.PHONY: objects
objects: $(OBJS) $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(MAINS) daemon/main.c)) ## compile everything, link nothing

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
