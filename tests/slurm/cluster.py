# SPDX-License-Identifier: MIT
"""Slurm on this machine alone: its daemons, from Debian's packages, which need not be installed."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PACKAGES = ["slurmctld", "slurmd", "slurm-client", "slurm-wlm-basic-plugins", "munge", "libmunge2", "liblua5.1-0",
            "libhwloc15"]
CONFIGURATION = """
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmdPort={slurmd}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={run}/munge.sock,cred_expire=5
CredType=cred/munge
PluginDir={plugins}
StateSaveLocation={run}/state
SlurmdSpoolDir={run}/spool
SlurmctldPidFile={run}/slurmctld.pid
SlurmdPidFile={run}/slurmd.pid
SlurmctldLogFile={run}/log/slurmctld.log
SlurmdLogFile={run}/log/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=100000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobRequeue=1
MaxArraySize=1001
KillWait=5
MinJobAge=60
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Skip(Exception):
    """Why there can be no cluster here."""


def unpacked(folder):
    """The folder under which /usr has Slurm: /, or one made of downloaded packages."""
    if all(shutil.which(name) for name in ("slurmctld-wlm", "slurmd-wlm", "munged", "srun", "sbatch")):
        return pathlib.Path("/")
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Skip("no Slurm is installed, and this is no Debian")
    kept = pathlib.Path(os.environ.get("UBP_SLURM_PACKAGES", folder / "packages"))
    kept.mkdir(parents=True, exist_ok=True)
    if not list(kept.glob("slurmctld_*.deb")):
        try:
            subprocess.run(["apt-get", "download", *PACKAGES], cwd=kept, check=True, timeout=60, capture_output=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise Skip("Slurm's packages cannot be had: " + str(getattr(error, "stderr", error))[-200:]) from error
    for package in kept.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / "root"], check=True)
    return folder / "root"


def cores():
    return len(os.sched_getaffinity(0))


class Cluster:
    """As a context: running daemons, and the environment by which clients find them."""

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skip("Slurm's daemons need root")
        if cores() < 2:
            raise Skip("a cluster of two cores needs two")
        # Short: the paths of sockets are.
        self.scratch = tempfile.TemporaryDirectory(prefix="us-", dir="/tmp", ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self.scratch.name)
        self.run = self.folder / "run"
        root = unpacked(self.folder)
        libraries = next((root / "usr/lib").glob("*-linux-gnu*/slurm-wlm")).parent
        for name in ("state", "spool", "log"):
            (self.run / name).mkdir(parents=True)
        key = self.run / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.env = dict(os.environ, SLURM_CONF=str(self.run / "slurm.conf"),
                        PATH=f"{root}/usr/sbin:{root}/usr/bin:{os.environ['PATH']}")
        if root != pathlib.Path("/"):
            self.env["LD_LIBRARY_PATH"] = f"{libraries}:{libraries}/slurm-wlm"
        (self.run / "slurm.conf").write_text(CONFIGURATION.format(
            host=os.uname().nodename.split(".")[0], run=self.run, plugins=libraries / "slurm-wlm", ctld=free_port(),
            slurmd=free_port()))
        try:
            self.call("munged", "--force", f"--key-file={key}", f"--socket={self.run}/munge.sock",
                      f"--pid-file={self.run}/munged.pid", f"--log-file={self.run}/log/munged.log",
                      f"--seed-file={self.run}/munged.seed")
            self.call("slurmctld-wlm", "-c")
            self.call("slurmd-wlm", "-d", f"{root}/usr/sbin/slurmstepd-wlm")
            self.wait("the node to be idle", lambda: "idle" in self.call("sinfo", "-h", "-o", "%T"))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.call("scancel", "--user=root")
        time.sleep(0.5)
        self.stop()

    def stop(self):
        for name in ("slurmd", "slurmctld", "munged"):
            try:
                os.kill(int((self.run / f"{name}.pid").read_text()), signal.SIGKILL)
            except (OSError, ValueError):
                pass  # it did not start
        self.scratch.cleanup()

    def call(self, *words):
        done = subprocess.run(list(map(str, words)), env=self.env, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            queue = subprocess.run(["squeue"], env=self.env, capture_output=True, text=True).stdout
            raise SystemExit(f"{' '.join(map(str, words))}: {done.returncode} {done.stdout}{done.stderr}{queue}")
        return done.stdout

    def wait(self, what, happened, seconds=60):
        deadline = time.time() + seconds
        while not happened():
            if time.time() > deadline:
                raise SystemExit(f"waited {seconds} s for {what}\n{self.call('squeue')}\n" +
                                 (self.run / "log/slurmctld.log").read_text()[-3000:])
            time.sleep(0.1)

    def wait_for_jobs(self, seconds=60):
        self.wait("all jobs to end", lambda: not self.call("squeue", "-h").strip(), seconds)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
