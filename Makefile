# The front door. Every target is one line over Maven or ./understudy.
.PHONY: help demo test chaos clients exact fuzz bench-reader bench-init bench-failover fmt

help: ## Lists the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: ## Loses a source database and proves that its standby has everything
	./understudy demo

test: ## Runs all tests, those with real servers too
	mvn -B -ntp verify

DURATION ?= 600
chaos: ## Kills everything at random under load for DURATION=600 seconds; SEED=N repeats a run
	mvn -B -ntp -pl app -am -Dtest=None -Dit.test=KillsIT,ReaderModesIT,RotationIT,VerifyIT,LargeTransactionIT,StaleProcessIT,CheckerIT,StandbyTroubleIT,SourceTroubleIT,JournalTroubleIT,BinlogTroubleIT,SwitchoverIT,AutomaticIT,SplitBrainIT,ControllersIT,BrokersIT,StoppedIT,SlowSourceIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dengines=postgresql,mysql,mariadb -Dchaos.kills=10 -Dmodes.kills=30 -Drotation.kills=20 -Dverify.runs=20 -Dswitchover.count=50 -Dautomatic.kills=20 -Dtests.left-out=none -Dchaos.seconds=$(DURATION) -Dchaos.seed=$(SEED) verify

clients: ## Has clients follow the source as docs/clients.md shows; needs the programs psql, haproxy and pgbouncer
	mvn -B -ntp -pl app -am -Dtest=None -Dit.test=ClientsIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false verify

ROWS ?= 500000
bench-reader: ## Drains a backlog of ROWS=500000 row changes through each of PostgreSQL's readers
	mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package && java -Xmx512m -cp 'benchmarks/target/lib/*' io.understudy.benchmarks.ReaderBenchmark $(ROWS)

SCALE ?= 100
ROUNDS ?= 2
bench-init: ## Copies a database of about SCALE=100 times 5 MB by init, and by pg_dump and pg_restore, ROUNDS=2 times
	./understudy --version && mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package && java -Xmx256m -cp 'benchmarks/target/lib/*' io.understudy.benchmarks.InitBenchmark ./understudy $(SCALE) $(ROUNDS)

COUNT ?= 20
bench-failover: ## Changes the source under load, COUNT=20 times by switchover and COUNT times by kill -9 and automatic failover
	mvn -B -ntp -pl app -am -Dtest=None '-Dit.test=SwitchoverIT#backAndForthUnderLoad,AutomaticIT#aSourceThatIsKilledUnderLoadIsReplacedAndNothingJournaledIsLost' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dengines=postgresql -Dswitchover.count=$(COUNT) -Dautomatic.kills=$(COUNT) verify

MAJORS ?= 14,15,16,17,18
exact: ## Mirrors every type and shape of PostgreSQL, on MAJORS=14,15,16,17,18, and values of 64 MB; CASES=REGEX takes some of the cases
	mvn -B -ntp -pl app -am -Dtest=None -Dit.test=ExactIT,LargeRowsIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dexact.majors=$(MAJORS) -Dexact.cases='$(CASES)' verify

fuzz: ## Mirrors random schemas and transactions of SEEDS=10 seeds; SEED=N repeats one
	mvn -B -ntp -pl app -am -Dtest=None -Dit.test=FuzzIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dfuzz.seeds=$(SEEDS) -Dfuzz.seed=$(SEED) verify

fmt: ## Formats the code
	mvn -q -B spotless:apply
