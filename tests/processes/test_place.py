"""Which process this is: by flags, by SLURM's and Kubernetes' variables, by both."""

import pytest

from keraslm.errors import UsageError
from keraslm.processes import Processes
from keraslm.processes.environment import first_node, found
from keraslm.processes.place import address

SLURM = {
    "SLURM_JOB_ID": "81234",
    "SLURM_STEP_NODELIST": "gpu[007-009,12],login",
    "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_PROCID": "3",
}


def place(*given, **variables):
    return Processes.of(*given, variables=variables)


def test_flags_alone():
    p = place("10.0.0.1:4000", 2, 1)
    assert (p.host, p.port, p.count, p.index) == ("10.0.0.1", 4000, 2, 1)
    assert not p.is_first


def test_slurm_tells_all_within_srun():
    p = place(**SLURM)
    assert (p.host, p.count, p.index) == ("gpu007", 4, 3)
    others = [place(**SLURM | {"SLURM_PROCID": str(k)}) for k in range(4)]
    assert {other.port for other in others} == {p.port}


def test_a_batch_script_of_slurm_is_one_process():
    step = "SLURM_STEP_NODELIST"
    assert place(**{name: v for name, v in SLURM.items() if name != step}) is None


def test_flags_win_over_variables():
    p = place("other:5000", None, 0, **SLURM)
    assert (p.host, p.port, p.count, p.index) == ("other", 5000, 4, 0)


def test_an_indexed_job_of_kubernetes_tells_the_process():
    p = place("lm-0.lm:4000", 8, None, JOB_COMPLETION_INDEX="5")
    assert (p.host, p.count, p.index) == ("lm-0.lm", 8, 5)


def test_an_index_alone_is_one_process():
    assert place(JOB_COMPLETION_INDEX="5") is None
    assert place() is None


def test_a_jaxjob_tells_all():
    p = place(
        COORDINATOR_ADDRESS="lm-worker-0",
        COORDINATOR_PORT="6666",
        NUM_PROCESSES="2",
        PROCESS_ID="1",
    )
    assert (p.host, p.port, p.count, p.index) == ("lm-worker-0", 6666, 2, 1)


def test_the_variables_of_keras():
    p = place(
        KERAS_DISTRIBUTION_JOB_ADDRESSES="a:1,b:2",
        KERAS_DISTRIBUTION_NUM_PROCESSES="2",
        KERAS_DISTRIBUTION_PROCESS_ID="1",
    )
    assert (p.host, p.port, p.count, p.index) == ("a", 1, 2, 1)


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        ("node001", "node001"),
        ("node001,host2", "node001"),
        ("node[001-015],host2", "node001"),
        ("node[001,007-015],host2", "node001"),
        ("rack1-node[3-5]-ib", "rack1-node3-ib"),
        ("alone,node[3-5]", "alone"),
    ],
)
def test_the_first_of_slurms_nodes(nodes, first):
    assert first_node(nodes) == first


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("h:1", None, None), "`coordinator` is known, `processes`, `process` is"),
        ((None, 2, 0), "`coordinator` is missing"),
        (("h:1", 2, None), "`process` is missing"),
        ((None, None, 1), "`coordinator`, `processes` is missing"),
        (("h:1", 2, 2), "one of 0 to 1, of 2 `processes`; received 2"),
        (("h:1", 0, 0), "`processes` must be a whole number, 1 or more"),
        (("h:1", 2, -1), "`process` must be a whole number, 0 or more"),
        (("h:port", 2, 0), "`coordinator` must be HOST:PORT"),
        ((":1", 2, 0), "`coordinator` must be HOST:PORT"),
        (("h:70000", 2, 0), "`coordinator` must be HOST:PORT"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        place(*given)


def test_addresses():
    assert address("host:1") == ("host", 1)
    assert address("[::1]:80") == ("::1", 80)
    assert address("host")[0] == "host"
    assert address("[::1]")[0] == "::1"


def test_nothing_is_found_in_an_empty_environment():
    assert found({}) == {}


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_wait_without_an_end_is_refused(seconds):
    with pytest.raises(UsageError, match="`wait` must be a number of seconds above 0"):
        place("10.0.0.1:4000", 2, 1, seconds)


@pytest.mark.parametrize(
    ("coordinator", "listens", "first", "other"),
    [
        ("127.0.0.1:4000", "127.0.0.1", "127.0.0.1:9", "127.0.0.1:9"),
        ("localhost:4000", "localhost", "127.0.0.1:9", "localhost:9"),
        ("[::1]:4000", "::1", "[::1]:9", "[::1]:9"),
        ("10.0.0.1:4000", "", "127.0.0.1:9", "10.0.0.1:9"),
        ("[fd00::1]:4000", "", "[::1]:9", "[fd00::1]:9"),
    ],
)
def test_loopback_is_for_this_machine_alone(coordinator, listens, first, other):
    p, q = (place(coordinator, 2, k) for k in range(2))
    assert (p.own_host, p.at(9), q.at(9)) == (listens, first, other)


@pytest.mark.parametrize("host", ["fd00::5", "[fd00::5]"])
def test_a_coordinator_of_version_6_has_brackets(host):
    told = {"COORDINATOR_ADDRESS": host, "COORDINATOR_PORT": "6666"}
    assert found(told)["coordinator"] == "[fd00::5]:6666"
