using System.Runtime.Versioning;
using Audrey.Cli.Exit;
using Audrey.Cli.Profiles;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Profiles;

[UnsupportedOSPlatform("windows")]
public sealed class SecretSourceTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_secret_is_read_from_a_file_a_variable_or_a_command()
    {
        var file = Write("secret", "from a file\n");
        var json = Write("conductor.json", """{"key":"k","secret":"from json"}""");

        Assert.Equal("from a file", await ReadAsync(Profile() with { SecretFile = file }));
        Assert.Equal("from json", await ReadAsync(Profile() with { SecretFile = json }));
        Assert.Equal("from a variable", await ReadAsync(Profile() with { SecretVariable = "SHOP_SECRET" }));
        Assert.Equal("from a command", await ReadAsync(Profile() with { SecretCommand = "printf 'from %s\\n' 'a command'" }));
    }

    [Fact]
    public async Task White_space_in_a_secret_is_kept() =>
        Assert.Equal(" a  b ", await ReadAsync(Profile() with { SecretFile = Write("secret", " a  b \r\n") }));

    [Fact]
    public async Task The_error_for_a_missing_secret_says_where_it_was_expected()
    {
        var missing = _directory.File("missing");

        await RefusesAsync(missing, Profile() with { SecretFile = missing });
        await RefusesAsync("is empty", Profile() with { SecretFile = Write("empty", "\n") });
        await RefusesAsync("variable NO_SUCH is empty", Profile() with { SecretVariable = "NO_SUCH" });
        await RefusesAsync("not a conductor's credential", Profile() with { SecretFile = Write("x.json", "[]") });

        static async Task RefusesAsync(string expected, Profile profile) =>
            Assert.Contains(expected, await ProblemAsync(profile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_command_is_reported_without_its_output()
    {
        var problem = await ProblemAsync(Profile() with { SecretCommand = $"cat {Write("said", "hunter2")}; exit 3" });

        Assert.Contains("exit code 3", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_others_can_read_is_refused()
    {
        var file = Write("secret", "hunter2");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var problem = await ProblemAsync(Profile() with { SecretFile = file });

        Assert.Contains("its mode is 0440", problem, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {file}", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    private static Profile Profile() => new() { Name = "shop", Url = "https://config", Key = "shop" };

    private static Task<string> ReadAsync(Profile profile) => new SecretSource(
        name => name == "SHOP_SECRET" ? "from a variable" : null).ReadAsync(profile, CancellationToken.None);

    private static async Task<string> ProblemAsync(Profile profile)
    {
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => ReadAsync(profile));
        Assert.Equal(ExitCode.Usage, failure.Code);
        return failure.Message;
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory.File(name), text);
        File.SetUnixFileMode(_directory.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return _directory.File(name);
    }
}
