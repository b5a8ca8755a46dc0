using System.Net;
using System.Net.Sockets;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>A server that cannot start prints the cause and the remedy, and exits with 1.</summary>
[Collection(ProcessTests.Name)]
public sealed class StartFailureTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string DataDirectory => $"--Audrey:DataDirectory={_directory.Path}";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_error_of_a_second_server_on_a_data_directory_names_the_lock_file()
    {
        await using var first = await ServerProcess.Start(DataDirectory);
        AssertSays(await ServerProcess.Fail(DataDirectory), _directory.File("audrey.lock"), "another server", "--Audrey:DataDirectory");
        Assert.Equal(200, (await first.Conductor.Get("/auth")).Status);
    }

    [Fact]
    public async Task A_second_server_on_a_data_directory_fails_even_if_the_lock_file_was_removed()
    {
        await using var first = await ServerProcess.Start(DataDirectory);
        File.Delete(_directory.File("audrey.lock"));
        AssertSays(await ServerProcess.Fail(DataDirectory), _directory.File("audrey.lock"), "another server", "--Audrey:DataDirectory");
        Assert.Equal(200, (await first.Conductor.Get("/auth")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_error_for_a_read_only_file_system_does_not_blame_another_server(bool hasData)
    {
        if (hasData) await (await ServerProcess.Start(DataDirectory)).DisposeAsync();
        var failure = await ServerProcess.FailOnReadOnly(_directory.Path, DataDirectory);
        AssertSays(failure, _directory.Path, "read-only", "--Audrey:DataDirectory");
        Assert.DoesNotContain("another server", failure.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_keys_exist_but_the_database_is_empty_the_error_explains_the_remedy()
    {
        await (await ServerProcess.Start(DataDirectory)).DisposeAsync();
        foreach (var file in Directory.GetFiles(_directory.Path, "audrey.db*")) File.Delete(file);
        AssertSays(
            await ServerProcess.Fail(DataDirectory),
            _directory.File("audrey.db"), "is empty", _directory.File("keys"), "backup", "--Audrey:Secrets:KeysDirectory");

        Directory.Move(_directory.File("keys"), _directory.File("old-keys"));
        await using var afresh = await ServerProcess.Start(DataDirectory);
        Assert.Equal(200, (await afresh.Conductor.Get("/auth")).Status);
    }

    [Fact]
    public async Task The_error_for_a_corrupt_database_names_the_file_and_the_remedy()
    {
        await (await ServerProcess.Start(DataDirectory)).DisposeAsync();
        foreach (var log in Directory.GetFiles(_directory.Path, "audrey.db-*")) File.Delete(log);
        var file = _directory.File("audrey.db");
        await File.WriteAllBytesAsync(file, [.. Enumerable.Repeat((byte)0x5a, 64 * 1024)]);
        AssertSays(await ServerProcess.Fail(DataDirectory), file, "damaged", "backup");
    }

    [Fact]
    public async Task The_error_for_damaged_pages_names_the_file_and_the_remedy()
    {
        await using (var server = await ServerProcess.Start(DataDirectory))
        {
            for (var i = 0; i < 50; i++)
                Assert.Equal(200, (await server.Conductor.Post($"/configs/2/i{i}", Document($"i{i}", "", "d"))).Status);
            await server.RequestStop();
            Assert.Equal(0, await server.WaitForEnd());
        }

        var file = _directory.File("audrey.db");
        using (var database = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            var page = new byte[4096];
            Array.Fill(page, (byte)0x5a);
            for (var offset = 4096L; offset < RandomAccess.GetLength(database); offset += 4096) RandomAccess.Write(database, page, offset);
        }

        AssertSays(await ServerProcess.Fail(DataDirectory), file, "damaged", "backup");
    }

    [Fact]
    public async Task The_error_for_a_port_in_use_names_the_option()
    {
        using var listener = Listener(out var port);
        AssertSays(await ServerProcess.Fail(DataDirectory, $"--urls=http://127.0.0.1:{port}"), $":{port}", "in use", "--urls");
    }

    [Theory]
    [InlineData("Port")]
    [InlineData("GatewayPort")]
    public async Task The_error_for_a_silo_port_in_use_names_the_option(string option)
    {
        using var listener = Listener(out var port);
        var failure = await ServerProcess.Fail(DataDirectory, $"--Audrey:Silo:{option}={port}");
        AssertSays(failure, "in use", $"{port}", $"--Audrey:Silo:{option}");
    }

    [Fact]
    public async Task All_wrong_settings_are_reported_at_once()
    {
        AssertSays(
            await ServerProcess.Fail(DataDirectory, "--Audrey:Gatway:CallDeadline=00:00:01", "--Audrey:Storage:MaxBatch=many"),
            "Audrey:Gatway:CallDeadline", "Audrey:Gateway:CallDeadline", "Audrey:Storage:MaxBatch");
        AssertSays(
            await ServerProcess.Fail(
                DataDirectory, "--Audrey:Cluster:Votes=0", "--Audrey:Storage:MaxBatch=0", "--Audrey:Gateway:CallDeadline=0"),
            "Audrey:Cluster:Votes", "Storage:MaxBatch", "Audrey:Gateway:CallDeadline");
        AssertSays(await ServerProcess.Fail(DataDirectory, "--Audrey:Roles:0=bus"), "Audrey:Roles:0", "silo and gateway");
    }

    [Fact]
    public async Task The_error_for_a_missing_or_broken_configuration_file_names_the_file()
    {
        AssertSays(await ServerProcess.Fail(DataDirectory, $"--config={_directory.File("none.json")}"), _directory.File("none.json"));
        await File.WriteAllTextAsync(_directory.File("broken.json"), "{ \"Audrey\": ");
        AssertSays(await ServerProcess.Fail(DataDirectory, $"--config={_directory.File("broken.json")}"), _directory.File("broken.json"));
    }

    [Fact]
    public async Task The_error_for_a_data_directory_that_cannot_be_written_names_the_directory()
    {
        var file = _directory.File("file");
        await File.WriteAllTextAsync(file, "");
        AssertSays(await ServerProcess.Fail($"--Audrey:DataDirectory={file}"), file, "--Audrey:DataDirectory");
    }

    [Fact]
    public async Task The_error_for_an_unreachable_database_server_names_the_server()
    {
        using var listener = Listener(out var port);
        listener.Stop();
        var connection = $"Host=127.0.0.1;Port={port};Database=audrey;Username=audrey;Password=not-to-be-shown";
        AssertSays(
            await ServerProcess.Fail(
                DataDirectory, "--Audrey:Silo:AdvertisedAddress=127.0.0.1", "--Audrey:Storage:Kind=PostgreSql",
                $"--Audrey:Storage:ConnectionString={connection}"),
            "audrey", $"127.0.0.1:{port}");
    }

    private static void AssertSays((int ExitCode, string Error) failure, params string[] texts)
    {
        Assert.Equal(1, failure.ExitCode);
        foreach (var text in texts) Assert.Contains(text, failure.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", failure.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", failure.Error, StringComparison.Ordinal);
    }

    private static TcpListener Listener(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
