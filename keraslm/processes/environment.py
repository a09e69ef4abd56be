"""Which process this is, told by the variables of what started it.

SLURM tells it within srun by SLURM_STEP_NODELIST, SLURM_STEP_NUM_TASKS, SLURM_PROCID.
Kubernetes numbers the pods of an Indexed Job by JOB_COMPLETION_INDEX; a JAXJob sets
COORDINATOR_ADDRESS, COORDINATOR_PORT, NUM_PROCESSES, PROCESS_ID. Keras's own names are
KERAS_DISTRIBUTION_JOB_ADDRESSES, _NUM_PROCESSES and _PROCESS_ID.
"""

from collections.abc import Mapping

PORT = 29476  # where no port is told
PORTS = 3200  # of SLURM's jobs, below the ports that the system gives away


def found(variables: Mapping[str, str]) -> dict[str, str]:
    """Give what is told of `coordinator`, `processes` and `process`."""
    known: dict[str, str] = {}
    for told in (_keras(variables), _kubernetes(variables), _slurm(variables)):
        known = told | known
    return known


def _slurm(variables: Mapping[str, str]) -> dict[str, str]:
    nodes = variables.get("SLURM_STEP_NODELIST")
    if not nodes:  # in a batch script, before srun, there is one process
        return {}
    job = variables.get("SLURM_JOB_ID", "0")
    port = PORT + int(job) % PORTS if job.isdecimal() else PORT
    return {
        "coordinator": f"{first_node(nodes)}:{port}",
        **_renamed(
            variables, {"SLURM_STEP_NUM_TASKS": "processes", "SLURM_PROCID": "process"}
        ),
    }


def first_node(nodes: str) -> str:
    """Give the first of a list such as gpu[004-007,9],login."""
    head, bracket, rest = nodes.partition("[")
    if not bracket or "," in head:
        return head.split(",")[0]
    inside, _, after = rest.partition("]")
    number = inside.replace("-", ",").split(",")[0]
    return head + number + after.split(",")[0]


def _kubernetes(variables: Mapping[str, str]) -> dict[str, str]:
    known = _renamed(
        variables,
        {
            "JOB_COMPLETION_INDEX": "process",
            "NUM_PROCESSES": "processes",
            "PROCESS_ID": "process",
        },
    )
    if host := variables.get("COORDINATOR_ADDRESS"):
        port = variables.get("COORDINATOR_PORT", str(PORT))
        is_version_6 = host.count(":") > 1 and "[" not in host
        host = f"[{host}]" if is_version_6 else host
        has_port = ":" in host.rpartition("]")[2]
        known["coordinator"] = host if has_port else f"{host}:{port}"
    return known


def _keras(variables: Mapping[str, str]) -> dict[str, str]:
    known = _renamed(
        variables,
        {
            "KERAS_DISTRIBUTION_NUM_PROCESSES": "processes",
            "KERAS_DISTRIBUTION_PROCESS_ID": "process",
        },
    )
    if addresses := variables.get("KERAS_DISTRIBUTION_JOB_ADDRESSES"):
        known["coordinator"] = addresses.split(",")[0]
    return known


def _renamed(variables: Mapping[str, str], names: dict[str, str]) -> dict[str, str]:
    return {own: variables[name] for name, own in names.items() if variables.get(name)}
