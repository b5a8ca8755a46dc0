"""Three servers with PostgreSQL. Each server is in a network namespace of its own, and has a link to the namespace of this program."""
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request

HTTP_PORT = 4567
CONDUCTOR = ("conductor", "the-secret-of-the-conductor")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}")


class Namespace:
    """A network namespace, which a sleeping process keeps."""

    def __init__(self, number):
        self.address = f"10.77.{number}.2"
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        main = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == main:
            if self.holder.poll() is not None:
                raise RuntimeError("no network namespace can be created")
            time.sleep(0.01)
        run("ip", "link", "add", f"silo{number}", "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        run("ip", "address", "add", f"10.77.{number}.1/30", "dev", f"silo{number}")
        run("ip", "link", "set", f"silo{number}", "up")
        for setting in (["link", "set", "lo", "up"], ["address", "add", f"{self.address}/30", "dev", "eth0"],
                        ["link", "set", "eth0", "up"], ["route", "add", "default", "via", f"10.77.{number}.1"]):
            run(*self.enter("ip", *setting))

    def enter(self, *command):
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *command]

    def close(self):
        self.holder.kill()
        self.holder.wait()


class Database:
    """A private PostgreSQL server that listens on a Unix socket."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, "postgres")
        self.programs = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        os.mkdir(self.directory)
        shutil.chown(self.directory, "postgres", "postgres")
        run(*self.command("initdb", "-D", self.data, "-U", "audrey", "--auth=trust", "-E", "UTF8", "--no-locale"))
        self.process = None
        self.start()
        run(*self.command("psql", "-h", self.directory, "-U", "audrey", "-d", "postgres", "-c", "CREATE DATABASE chaos"))

    @property
    def data(self):
        return os.path.join(self.directory, "data")

    @property
    def connection(self):
        return f"Host={self.directory};Database=chaos;Username=audrey"

    def command(self, program, *arguments):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", os.path.join(self.programs, program), *arguments]

    def start(self):
        self.process = subprocess.Popen(
            self.command("postgres", "-D", self.data, "-k", self.directory, "-c", "listen_addresses="),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
        for line in self.process.stderr:
            if "ready to accept connections" in line:
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return
        raise RuntimeError("PostgreSQL did not start")

    def stop(self):
        """Stops at once, as a crash would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def signal(self, number):
        """Sends a signal to all processes of the server."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for pid in [self.process.pid, *map(int, children)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass


class Server:
    """A server that is started again when it ends, as a service manager would do."""

    def __init__(self, number, program, database, directory):
        self.number = number
        self.network = Namespace(number)
        self.data = os.path.join(directory, f"server{number}")
        self.log = os.path.join(directory, f"server{number}.log")
        self.command = self.network.enter(
            "dotnet", program, f"--urls=http://{self.network.address}:{HTTP_PORT}",
            f"--Audrey:DataDirectory={self.data}", f"--Audrey:Secrets:KeysDirectory={os.path.join(directory, 'keys')}",
            "--Audrey:Storage:Kind=PostgreSql", f"--Audrey:Storage:ConnectionString={database.connection}",
            f"--Audrey:Silo:AdvertisedAddress={self.network.address}", "--Audrey:Silo:ReachableWithoutTls=true",
            "--Audrey:Gateway:BasicWithoutTls=true", f"--Audrey:Conductors:0:Key={CONDUCTOR[0]}",
            f"--Audrey:Conductors:0:Secret={CONDUCTOR[1]}")
        self.closing = False
        self.process = None
        self.keeper = threading.Thread(target=self.keep)
        self.keeper.start()

    @property
    def url(self):
        return f"http://{self.network.address}:{HTTP_PORT}"

    def keep(self):
        while not self.closing:
            environment = {name: value for name, value in os.environ.items() if not name.startswith(("AUDREY", "ASPNETCORE"))}
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env={**environment, "DOTNET_DbgEnableMiniDump": "0"})
            self.process.wait()
            time.sleep(0.5)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def signal(self, number):
        self.process.send_signal(number)

    def close(self):
        self.closing = True
        while self.keeper.is_alive():
            self.process.kill()
            self.keeper.join(0.2)
        self.network.close()


class Cluster:
    """All servers and the database. Closing it ends every process and deletes the directory."""

    def __init__(self, program):
        self.directory = tempfile.mkdtemp(prefix="audrey-chaos-")
        os.chmod(self.directory, 0o755)
        self.servers = []
        self.database = None
        try:
            run("ip", "link", "set", "lo", "up")
            with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as forwarding:
                forwarding.write("1")
            self.database = Database(self.directory)
            for number in range(3):
                self.servers.append(Server(number, program, self.database, self.directory))
            self.wait_until_ready(120)
        except BaseException:
            self.close()
            raise

    def wait_until_ready(self, seconds):
        deadline = time.monotonic() + seconds
        while not all(server.is_ready() for server in self.servers):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not all servers are ready after {seconds} s; see {self.directory}")
            time.sleep(0.1)

    def partition(self, number, action):
        """Cuts a server off from the other servers ("add"), or ends that ("delete"). Guests still reach it."""
        for other in self.servers:
            if other.number != number:
                ends = (self.servers[number].network.address, other.network.address)
                for source, target in (ends, ends[::-1]):
                    run("ip", "rule", action, "from", source, "to", target, "blackhole")

    def close(self, keep=False):
        for server in self.servers:
            server.close()
        if self.database and self.database.process:
            self.database.signal(signal.SIGCONT)
            self.database.stop()
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)
