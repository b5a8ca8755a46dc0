using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Packaging;

/// <summary>
/// Installs and removes the packages with dpkg and rpm, in a copy of this machine's root that is an overlay in a mount namespace. The
/// packages contain stand-ins for the programs.
/// </summary>
public sealed class RemovalTests : IAsyncLifetime
{
    private const string Secret = "the-secret";

    /// <summary>Sets up the root, and a function that fills the state directory and mounts a volume there.</summary>
    private const string Setup = """
        set -eu
        packages=$1 work=$2
        mount -t tmpfs tmpfs "$work"
        mkdir "$work/upper" "$work/index" "$work/root" "$work/volume"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/index" "$work/root"
        for folder in dev proc sys; do mount --rbind /$folder "$work/root/$folder"; done
        cp "$packages"/audrey-instance-config* "$packages"/audrey-server* "$work/root/tmp/"
        state=$work/root/var/lib/audrey-instance-config
        user_data=$work/root/etc/audrey-instance-config/user-data
        on() { chroot "$work/root" sh -c "$1" >&2; }
        fill() {
          mkdir -p "$state/data/db" "$state/files/db/a volume" "$state/files/web"
          for file in lock journal.json secret.json .hidden files/db/start "files/web/a b" data/db/rows; do
            echo the-secret >"$state/$file"
          done
          echo the-secret >"$user_data"
          echo the-secret >"$work/volume/table"
          mount --bind "$work/volume" "$state/files/db/a volume"
        }
        print_left() {
          umount "$state/files/db/a volume"
          cat "$work/volume/table"
          cd "$work/upper" && { grep -rl the-secret var/lib/audrey-instance-config etc || true; }
        }

        """;

    private readonly TempDirectory _directory = new();

    public Task InitializeAsync() =>
        StandIns.BuildPackagesAsync(_directory, "packages");

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_purge_of_the_deb_package_leaves_no_secret_and_keeps_a_mounted_volume() => Assert.Equal(
        Secret + "\n",
        await RunAsync("""
            on 'dpkg --force-depends -i /tmp/audrey-instance-config_*.deb'
            fill
            on 'dpkg -r audrey-instance-config'
            grep -q the-secret "$state/secret.json" "$user_data"
            on 'dpkg -P audrey-instance-config'
            print_left
            """));

    /// <summary>RPM has no purge, and the data of services is not its own. An upgrade removes nothing.</summary>
    [Fact]
    public async Task The_removal_of_the_rpm_package_leaves_only_the_data_of_services() => Assert.Equal(
        Secret + "\nvar/lib/audrey-instance-config/data/db/rows\n",
        await RunAsync("""
            on 'rpm -i --nodeps /tmp/audrey-instance-config-*.rpm'
            fill
            on 'rpm -U --force --nodeps /tmp/audrey-instance-config-*.rpm'
            grep -q the-secret "$state/secret.json" "$user_data"
            on 'rpm -e audrey-instance-config'
            print_left
            """));

    /// <summary>The older package is the same one with a lower version. The data was copied there by root.</summary>
    [Theory]
    [InlineData(
        """
        dpkg-deb --raw-extract "$packages"/audrey-server_*.deb "$work/older"
        sed -i 's/^Version: .*/Version: 0.1.0-1/' "$work/older/DEBIAN/control"
        dpkg-deb --build "$work/older" "$work/root/tmp/older.deb" >&2
        on 'dpkg --force-depends -i /tmp/older.deb'
        """,
        "dpkg --force-depends -i /tmp/audrey-server_*.deb </dev/null",
        "dpkg -r audrey-server",
        "/etc/audrey/server.json",
        "dpkg -P audrey-server")]
    [InlineData(
        "on 'rpm -i --nodeps /tmp/audrey-server-*.rpm'",
        "rpm -U --force --nodeps /tmp/audrey-server-*.rpm",
        "rpm -e audrey-server",
        "/etc/audrey/server.json.rpmsave",
        "rm /etc/audrey/server.json.rpmsave")]
    public async Task The_server_keeps_its_settings_in_an_upgrade_and_its_data_even_in_a_purge(
        string install, string upgrade, string remove, string kept, string purge) => Assert.Equal(
        "audrey 700\naudrey 600\nthe-rows\n",
        await RunAsync($"""
            rm -rf "$work/root/var/lib/audrey"
            mkdir -m 0700 "$work/root/var/lib/audrey"
            (umask 077; echo the-rows >"$work/root/var/lib/audrey/audrey.db")
            {install}
            echo changed >>"$work/root/etc/audrey/server.json"
            on '{upgrade}'
            grep -q changed "$work/root/etc/audrey/server.json"
            test -x "$work/root/usr/bin/audrey-server"
            chroot "$work/root" stat -c '%U %a' /var/lib/audrey /var/lib/audrey/audrey.db
            on '{remove}'
            grep -q changed "$work/root{kept}"
            on '{purge}'
            test ! -e "$work/root{kept}"
            test ! -e "$work/root/usr/lib/audrey"
            test ! -e "$work/root/usr/lib/systemd/system/audrey-server.service"
            cat "$work/root/var/lib/audrey/audrey.db"
            """));

    private async Task<string> RunAsync(string script)
    {
        await File.WriteAllTextAsync(_directory.File("script"), Setup + script);
        return await Tool.RunAsync(
            "unshare",
            "-m", "--propagation", "private", "sh", _directory.File("script"), _directory.File("packages"),
            Directory.CreateDirectory(_directory.File("work")).FullName);
    }
}
