using System.Text.Json.Nodes;
using Audrey.Agent.Facts;
using Audrey.Agent.Facts.Network;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.Processes;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Facts;

public sealed class FactReadersTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private FactPrograms Programs => new(StateDirectory.Open(_directory.File("scratch")), new ChildProcesses(TimeProvider.System));

    [Fact]
    public async Task Every_value_has_the_type_of_its_property_and_every_other_reading_has_a_reason()
    {
        Write("facts.d/a.txt", "color=red\n");
        var facts = new MachineFacts(CreateReaders(), TimeProvider.System);
        foreach (var report in await facts.ReadAsync(null, CancellationToken.None))
        {
            Assert.Equal(
                report.Class.Properties.Select(property => property.Name).Order(),
                report.Readings.Keys.Where(name => report.Class.Properties.Any(property => property.Name == name)).Order());
            foreach (var (name, reading) in report.Readings)
            {
                var type = reading.Value switch
                {
                    null => (FactType?)null,
                    JsonArray => FactType.List,
                    JsonObject => FactType.Map,
                    JsonValue value when value.TryGetValue<string>(out _) => FactType.Text,
                    JsonValue value when value.TryGetValue<long>(out _) || value.TryGetValue<int>(out _) => FactType.Integer,
                    _ => FactType.Number,
                };
                var isRight = type is null ? reading.Reason is { Length: > 0 } : type == report.Class.Find(name)!.Type;
                Assert.True(isRight, $"{report.Class.Name}.{name}");
            }
        }
    }

    [Fact]
    public async Task The_machine_is_read_from_files_of_the_system_and_a_missing_file_is_a_reason()
    {
        Write("root/etc/machine-id", "uninitialized\n");
        Write("root/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        Write("root/proc/meminfo", "MemTotal:        2048000 kB\n");
        Write("root/proc/loadavg", "0.25 1.50 2.00 1/100 4242\n");
        var host = await new HostReader(_directory.File("root")).ReadAsync(CancellationToken.None);

        Assert.Equal(("debian", "12", "2000"), (host["os"].ToText(), host["os-version"].ToText(), host["memory"].ToText()));
        Assert.Equal(("0.25", "1.5", "2"), (host["load-1"].ToText(), host["load-5"].ToText(), host["load-15"].ToText()));
        Assert.Equal("/etc/machine-id has no id", host["machine-id"].Reason);
        Assert.Equal("/proc/cpuinfo has no processor", host["cpus"].Reason);
    }

    [Fact]
    public async Task A_reader_that_fails_or_hangs_has_a_reason_and_the_others_have_their_facts()
    {
        var time = new FakeTimeProvider();
        var facts = new MachineFacts(
            [
                new OneReader("Bad", _ => throw new FactException("the disk is broken")),
                new OneReader("Wrong", _ => throw new FormatException("secret")),
                new OneReader("Slow", async token =>
                {
                    time.Advance(TimeSpan.FromSeconds(10));
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
                    return Reading.Of(1);
                }),
                new OneReader("Good", _ => Task.FromResult(Reading.Of(7))),
            ],
            time);
        var reports = await facts.ReadAsync(null, CancellationToken.None).Within("the end of the readers");

        Assert.Equal(
            ["the disk is broken", "its reader has a bug: FormatException", "it took longer than 10 s", null],
            reports.Select(report => report.Readings["it"].Reason));
        Assert.Equal("7", reports[3].Readings["it"].ToText());
    }

    [Fact]
    public async Task The_versions_of_required_packages_are_those_of_the_package_manager()
    {
        Write("root/var/lib/cloud/instance/cloud-config.txt", "packages:\n  - bash\n  - [coreutils, 9.1]\n  - audrey-none\n");
        var packages = await new PackageReader(Programs, _directory.File("root")).ReadAsync(CancellationToken.None);
        Assert.Equal((await Tool.RunAsync("dpkg-query", "-W", "-f", "${Version}", "bash")).Trim(), packages["bash"].ToText());
        Assert.Equal((await Tool.RunAsync("dpkg-query", "-W", "-f", "${Version}", "coreutils")).Trim(), packages["coreutils"].ToText());
        Assert.Equal("it is not installed", packages["audrey-none"].Reason);
    }

    [Theory]
    [InlineData("packages: bash\n", "is not a list")]
    [InlineData("packages: [\"--root=/x\"]\n", "not the name of a package")]
    public async Task Packages_that_cannot_be_read_have_a_reason(string text, string reason)
    {
        Write("root/var/lib/cloud/instance/cloud-config.txt", text);
        var reader = new PackageReader(Programs, _directory.File("root"));
        var failure = await Assert.ThrowsAsync<FactException>(() => reader.ReadAsync(CancellationToken.None));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cloud_config_the_required_packages_are_not_known()
    {
        var reader = new PackageReader(Programs, _directory.Path);
        var failure = await Assert.ThrowsAsync<FactException>(() => reader.ReadAsync(CancellationToken.None));
        Assert.StartsWith("the required packages are not known", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_output_of_systemctl_is_read()
    {
        var reading = ServicesReader.Parse("LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n");
        Assert.Equal("""{"load":"loaded","active":"active","sub":"running","enabled":"enabled"}""", reading.ToText());
        Assert.Equal(
            "systemd has no unit of this name",
            ServicesReader.Parse("LoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\n").Reason);
    }

    [Fact]
    public void A_message_of_the_kernel_that_is_cut_off_is_refused()
    {
        byte[] message = [40, 0, 0, 0, 20, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8, 128, 254];
        Assert.Throws<FactException>(() => NetlinkSocket.Take(message, []));
        byte[] address = [2, 8, 128, 254, 1, 0, 0, 0, 200, 0, 1, 0, 127, 0, 0, 1];
        Assert.Throws<FactException>(() => NetlinkMessages.ReadAddress(address, new Dictionary<int, string>()));
        byte[] interrupted = [16, 0, 0, 0, 20, 0, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Throws<FactException>(() => NetlinkSocket.Take(interrupted, []));
    }

    private IReadOnlyList<IFactReader> CreateReaders() => FactReaders.Create(
        StateDirectory.At(_directory.File("state")),
        StateDirectory.Open(_directory.File("scratch")),
        _directory.File("facts.d"),
        TimeProvider.System,
        new RecordingLog());

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
    }

    private sealed class OneReader(string name, Func<CancellationToken, Task<Reading>> read) : IFactReader
    {
        public FactClass Class { get; } = new(name, "For tests.", new FactProperty("it", FactType.Integer, "A number."));

        public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken) =>
            new Dictionary<string, Reading> { ["it"] = await read(cancellationToken) };
    }
}
