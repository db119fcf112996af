# The front door. Every target is one line over Maven or ./understudy.
.PHONY: help demo test chaos fmt

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: ## Loses a source database and proves that its standby has everything
	./understudy demo

test: ## Runs all tests, those with real servers too
	mvn -B -ntp verify

DURATION ?= 600
chaos: ## Kills everything at random under load for DURATION=600 seconds; SEED=N repeats a run
	mvn -B -ntp -pl app -am -Dtest=None -Dit.test=KillsIT,LargeTransactionIT,StaleProcessIT,CheckerIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dchaos.seconds=$(DURATION) -Dchaos.seed=$(SEED) verify

fmt: ## Formats the code
	mvn -q -B spotless:apply
