# Every target does the set-up that it needs; `exec` makes the program make's own child, so that signals reach it.
PYTHON ?= python3
OPS = exec $(PYTHON) -m ops

.PHONY: run scaled test test-fast torture train eval bench scaled-bench demo-channels check fmt migrate setup lock clean

run: ; @$(OPS) run
scaled: ; @$(OPS) scaled
test: ; @$(OPS) test
test-fast: ; @$(OPS) test-fast
torture: ; @$(OPS) torture
train: ; @$(OPS) train
eval: ; @$(OPS) eval "$(SET)" "$(BASELINE)"
bench: ; @$(OPS) bench
scaled-bench: ; @$(OPS) scaled-bench
demo-channels: ; @$(OPS) demo-channels
check: ; @$(OPS) check
fmt: ; @$(OPS) fmt
migrate: ; @$(OPS) migrate
setup: ; @$(OPS) setup
lock: ; @$(OPS) lock
clean: ; @$(OPS) clean
