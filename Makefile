# The front door. Every target is one line over Maven or ./understudy.
.PHONY: help demo test fmt

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: ## Loses a source database and proves that its standby has everything
	./understudy demo

test: ## Runs all tests, those with real servers too
	mvn -B -ntp verify

fmt: ## Formats the code
	mvn -q -B spotless:apply
