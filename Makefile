# One command surface; anything longer than a line stands in Scripts/.
# Demo and test share the debug build in .build/debug; only bench builds optimised, in .build/release.

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench format check release package

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, start the demo organization and play its story (ARGS="--once", "--port N", …)
	@Scripts/demo.sh $(ARGS)

test: ## everything that CI runs: check, build, Swift tests, conformance
	@Scripts/test.sh

soak: ## what takes longer than a test may: simulation, deaths, load (ARGS="STEP…"; SOAK=N deaths; 200)
	@Scripts/soak.sh $(ARGS)

bench: ## build optimised and measure (ARGS go to the benchmark program)
	@Scripts/bench.sh $(ARGS)

release: ## build the program optimised, stripped and with Swift inside, and pack it
	@Scripts/release.sh

package: ## the same as a Debian package
	@Scripts/package.sh

format: ## format every Swift file in place
	@Scripts/format.sh

check: ## formatting, layers and the numbers of known bugs, in seconds
	@Scripts/check.sh
