using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Files;

public sealed class InstalledFilesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Only_a_service_with_another_digest_is_touched_and_what_it_made_stays()
    {
        Install(("a", "1", ["start", "conf/old", "deep/er/file"]), ("b", "1", ["start"]));
        Write("files/a/data.db", "rows");
        Write("files/a/conf/made", "here");
        Write("files/b/start", "changed by the service");

        Install(("a", "2", ["start", "conf/new"]), ("b", "1", ["start"]));

        Assert.Equal(
            ["a/conf/made", "a/conf/new", "a/data.db", "a/start", "b/start"],
            Directory.EnumerateFiles(_directory.File("files"), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_directory.File("files"), path)).Order(StringComparer.Ordinal));
        Assert.Equal(("start of a 2", "changed by the service"), (Read("files/a/start"), Read("files/b/start")));
        Assert.False(Directory.Exists(_directory.File("files/a/deep")));
    }

    [Fact]
    public void The_files_of_a_removed_service_are_deleted_and_its_own_files_stay()
    {
        Install(("a", "1", ["start", "data/shipped"]), ("b", "1", ["start"]));
        Write("files/a/data/rows", "1");

        Install(("b", "1", ["start"]));

        Assert.Equal("1", Read("files/a/data/rows"));
        Assert.False(File.Exists(_directory.File("files/a/start")) || File.Exists(_directory.File("files/a/data/shipped")));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("data/shipped")]
    public void A_missing_or_half_installed_file_is_installed_again(string missing)
    {
        Install(("a", "1", ["start", "data/shipped"]));
        File.Delete(_directory.File("files/a/" + missing));

        Install(("a", "1", ["start", "data/shipped"]));

        Assert.Equal($"{missing} of a 1", Read("files/a/" + missing));
    }

    [Fact]
    public void Nothing_behind_a_link_is_changed_and_a_folder_in_the_way_is_named()
    {
        Install(("a", "1", ["start", "data/shipped"]));
        Directory.Move(_directory.File("files/a/data"), _directory.File("volume"));
        Directory.CreateSymbolicLink(_directory.File("files/a/data"), _directory.File("volume"));

        Install(("a", "2", ["start"]));

        Assert.Equal("data/shipped of a 1", Read("volume/shipped"));
        Assert.Contains(
            "files/a/data/shipped is behind a link or on a mounted file system", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.EndsWith(
            "files/a/data is in the way of a file of the service; move or delete it",
            Assert.Throws<IOException>(() => Install(("a", "3", ["start", "data/shipped"]))).Message,
            StringComparison.Ordinal);
        Directory.Delete(_directory.File("files/a/data"));
        Install(("a", "3", ["start", "data/shipped"]));
        Assert.Equal("data/shipped of a 3", Read("files/a/data/shipped"));
    }

    [Fact]
    public void A_damaged_record_is_replaced()
    {
        Install(("a", "1", ["start"]));
        Write("files.txt", "no record\n");

        Install(("a", "1", ["start"]));

        Assert.EndsWith("is damaged. Files are installed again.", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Contains("start", Read("files.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_of_a_service_survives_runs_and_changes_of_its_files()
    {
        using var guest = new Guest();
        const string script = "#!/bin/sh\\necho run >>data.db\\necho run >>$AUDREY_STATE/rows";

        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(Config(script)));
        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(Config(script)));
        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(Config(script + "\\necho second")));

        foreach (var file in new[] { "files/s/data.db", "data/s/rows" })
            Assert.Equal("run\nrun\n", await File.ReadAllTextAsync(Path.Combine(guest.State, file)));
    }

    private static string Config(string script) => $"audrey: 1\nservices: [ {{ name: s, executable: \"{script}\" }} ]\n";

    /// <summary>Installs files whose text is their path, their service and its digest.</summary>
    private void Install(params (string Service, string Digest, string[] Files)[] services)
    {
        foreach (var (service, digest, files) in services)
            foreach (var file in files) Write($"fresh/{service}/{file}", $"{file} of {service} {digest}");
        new InstalledFiles(_directory.File("files"), _directory.File("files.txt"), _log).Install(
            _directory.File("fresh"), services.ToDictionary(service => service.Service, service => service.Digest));
        Directory.Delete(_directory.File("fresh"), recursive: true);
    }

    private string Read(string path) => File.ReadAllText(_directory.File(path));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
    }
}
