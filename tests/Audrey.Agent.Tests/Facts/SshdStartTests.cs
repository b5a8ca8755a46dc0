using Audrey.Agent.Facts;
using Audrey.Agent.Facts.Sshd;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Facts;

/// <summary>The units and files with which distributions start sshd.</summary>
public sealed class SshdStartTests : IDisposable
{
    private const string Debian = "[Unit]\nDescription=OpenBSD Secure Shell server\n\n[Service]\nEnvironmentFile=-/etc/default/ssh\n"
        + "ExecStartPre=/usr/sbin/sshd -t\nExecStart=/usr/sbin/sshd -D $SSHD_OPTS\nExecReload=/bin/kill -HUP $MAINPID\n";

    private const string RedHat = "[Service]\nType=notify\nEnvironmentFile=-/etc/crypto-policies/back-ends/opensshserver.config\n"
        + "EnvironmentFile=-/etc/sysconfig/sshd\nExecStart=/usr/sbin/sshd -D $OPTIONS\n";

    private const string Socket = "[Socket]\nListenStream=22\nAccept=no\n";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_a_unit_the_options_of_the_init_script_count()
    {
        Assert.Empty(Read().Options);
        Write("etc/default/ssh", "# comment\nSSHD_OPTS=\"-p 2222 -D\"\n");
        Assert.Equal(["-p", "2222"], Read().Options);
    }

    [Fact]
    public void Options_come_from_the_file_of_variables_of_the_unit()
    {
        Write("lib/systemd/system/ssh.service", Debian);
        Write("etc/default/ssh", "SSHD_OPTS=-p 2222 -p2223\n");
        Assert.Equal(["-p", "2222", "-p", "2223"], Read().Options);
    }

    [Fact]
    public void Two_files_of_variables_count_and_the_origin_names_the_options()
    {
        Write("usr/lib/systemd/system/sshd.service", RedHat);
        Write("etc/crypto-policies/back-ends/opensshserver.config", "CRYPTO_POLICY='-oCiphers=aes256-ctr -oMACs=x'\n");
        Write("etc/sysconfig/sshd", "OPTIONS=\"-u0 -o 'Port 2222' -4\"\n");
        var start = Read();
        Assert.Equal(["-o", "Port 2222", "-4"], start.Options);
        Assert.Equal("sshd -T -o Port 2222 -4", start.Origin);
    }

    [Fact]
    public void A_drop_in_replaces_the_command_and_the_last_drop_in_by_name_counts()
    {
        Write("lib/systemd/system/ssh.service", Debian);
        Write("etc/systemd/system/ssh.service.d/10.conf", "[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -p ${PORT} \\\n  -6\n");
        Write("run/systemd/system/sshd.service.d/20.conf", "[Service]\nEnvironment=\"PORT=2300\" OTHER=x\n");
        Assert.Equal(["-p", "2300", "-6"], Read().Options);
        Write("etc/systemd/system/ssh.service.d/30.conf", "[Service]\nExecStart=\nExecStart=@/usr/sbin/sshd sshd -D\n");
        Assert.Empty(Read().Options);
    }

    [Fact]
    public void A_file_in_etc_replaces_the_file_of_the_same_name_elsewhere()
    {
        Write("lib/systemd/system/ssh.service", Debian);
        Write("usr/lib/systemd/system/ssh.service.d/port.conf", "[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -p 1\n");
        Write("etc/systemd/system/ssh.service.d/port.conf", "[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -p 2\n");
        Assert.Equal(["-p", "2"], Read().Options);
    }

    [Fact]
    public void An_enabled_socket_unit_decides_the_ports()
    {
        Write("lib/systemd/system/ssh.service", Debian);
        Write("lib/systemd/system/ssh.socket", Socket);
        Assert.Null(Read().Sockets);
        Enable("sockets.target.wants/ssh.socket");
        Assert.Equal([22], Read().Sockets);

        // This is what the generator of Ubuntu writes for the ports of sshd_config.
        Write("run/systemd/generator/ssh.socket.d/addresses.conf",
            "[Socket]\nListenStream=\nListenStream=0.0.0.0:2222\nListenStream=[::]:2222\nListenStream=/run/ssh.socket\n");
        Assert.Equal([2222, 2222], Read().Sockets);
    }

    [Fact]
    public void A_masked_socket_unit_does_not_count()
    {
        Write("lib/systemd/system/ssh.service", Debian);
        Write("lib/systemd/system/ssh.socket", Socket);
        Enable("sockets.target.wants/ssh.socket");
        File.CreateSymbolicLink(_directory.File("etc/systemd/system/ssh.socket"), "/dev/null");
        Assert.Null(Read().Sockets);
    }

    [Fact]
    public void A_unit_that_starts_another_program_is_refused()
    {
        Write("lib/systemd/system/ssh.service", "[Service]\nExecStart=/usr/local/bin/wrapper -p 5\n");
        var failure = Assert.Throws<FactException>(Read);
        Assert.StartsWith("ssh.service starts /usr/local/bin/wrapper and not sshd", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-D -e", "")]
    [InlineData("-Dp 2222", "-p 2222")]
    [InlineData("-E /var/log/x -p 5 -u 0", "-p 5")]
    [InlineData("-oPort=5 -f/etc/x -h key", "-o Port=5 -f /etc/x -h key")]
    [InlineData("-- -p 5", "")]
    public void Only_options_that_matter_for_the_configuration_are_kept(string words, string kept) =>
        Assert.Equal(kept, string.Join(' ', SshdStart.Select(words.Split(' '))));

    [Theory]
    [InlineData("a  b\tc", "a|b|c")]
    [InlineData("-o \"Port 5\" 'x y'z", "-o|Port 5|x yz")]
    [InlineData("a\\ b \"c\\\"d\" '\\'", "a b|c\"d|\\")]
    [InlineData("'' x", "|x")]
    public void Words_are_split_as_systemd_splits_them(string text, string words) =>
        Assert.Equal(words, string.Join('|', CommandWords.Split(text)));

    [Fact]
    public void The_address_and_not_the_line_port_has_the_port() => Assert.Equal(
        [2200, 22],
        SshdConfiguration.ParsePorts("port 22\naddressfamily any\nlistenaddress 127.0.0.1:2200\nlistenaddress [::1]:22 rdomain x\n"));

    [Fact]
    public void Only_sockets_that_listen_are_read_from_the_tables_of_the_kernel()
    {
        const string Table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            + "   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1201 1 00000000f 100 0 0 10 0\n"
            + "   1: 0100007F:0BB8 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1202 1 00000000f 100 0 0 10 0\n";
        const string Table6 = "  sl  local_address                         remote_address                        st tx_queue rx_queue\n"
            + "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000"
            + "     0        0 1301 1 0 100 0 0 10 0\n";
        var sockets = ListeningSockets.Parse(Table.Split('\n')).Concat(ListeningSockets.Parse(Table6.Split('\n')));
        Assert.Equal(["127.0.0.1:3000 1201", "[::1]:22 1301"], sockets.Select(socket => $"{socket.Address} {socket.Inode}"));
    }

    private SshdStart Read() => SshdStart.Read(_directory.Path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
    }

    private void Enable(string link)
    {
        var path = _directory.File($"etc/systemd/system/{link}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, "/lib/systemd/system/ssh.socket");
    }
}
