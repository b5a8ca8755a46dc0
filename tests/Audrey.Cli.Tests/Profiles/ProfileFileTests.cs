using System.Runtime.Versioning;
using Audrey.Cli.Exit;
using Audrey.Cli.Profiles;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Profiles;

[UnsupportedOSPlatform("windows")]
public sealed class ProfileFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Profile Shop = new() { Name = "shop", Url = "https://config:4567", Key = "shop", SecretVariable = "SECRET" };

    private readonly TempDirectory _directory = new();

    private string Path => _directory.File("config/profiles.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Profiles_are_read_as_they_were_written_and_only_their_owner_can_read_them()
    {
        var file = new ProfileFile(Path);
        Assert.Empty(file.Read().Profiles);

        file.Change(set => set.With(Shop) with { Current = "shop" });
        file.Change(set => set.With(Shop with { Name = "other", CaFile = "/ca.pem" }));

        var read = new ProfileFile(Path).Read();
        Assert.Equal(("shop", 2), (read.Current, read.Profiles.Count));
        Assert.Equal(Shop, read.Find("shop"));
        Assert.Equal("/ca.pem", read.Find("other")!.CaFile);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("config")));
    }

    [Fact]
    public void A_removed_profile_is_no_longer_in_use()
    {
        var file = new ProfileFile(Path);
        file.Change(set => set.With(Shop) with { Current = "shop" });

        file.Change(set => set.Without("shop"));

        Assert.Equal((null, 0), (file.Read().Current, file.Read().Profiles.Count));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    [InlineData("""{"profiles":[{"name":"shop","url":"https://c"}]}""", "$.profiles[0]")]
    [InlineData("""{"profiles":[{"name":"shop","url":"https://c","key":"k","secret":"hunter2"}]}""", "$.profiles[0].secret")]
    [InlineData("""{"profiles":[{"name":"shop","url":null,"key":"k"}]}""", "$.profiles[0]")]
    [InlineData("""{"current":"a","current":"b"}""", "$")]
    [InlineData("""{"profiles":null}""", "$")]
    public void The_error_for_a_malformed_file_shows_the_location_and_none_of_the_values(string json, string expected)
    {
        Write(json, OwnerOnly);

        var failure = Assert.Throws<CommandFailure>(() => new ProfileFile(Path).Read());

        Assert.Equal(ExitCode.Usage, failure.Code);
        Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_profiles_with_one_name_are_refused()
    {
        const string shop = """{"name":"shop","url":"https://c","key":"k","secretFile":"/s"}""";
        Write($"{{\"profiles\":[{shop},{shop}]}}", OwnerOnly);

        var failure = Assert.Throws<CommandFailure>(() => new ProfileFile(Path).Read());

        Assert.Contains("more than one profile shop", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.UserExecute)]
    public void A_file_with_more_permissions_than_0600_is_refused(UnixFileMode more)
    {
        Write("{}", OwnerOnly | more);

        var failure = Assert.Throws<CommandFailure>(() => new ProfileFile(Path).Read());

        Assert.Equal(ExitCode.Usage, failure.Code);
        Assert.Contains($"chmod 600 {Path}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_only_its_owner_can_read_and_nobody_can_write_is_accepted()
    {
        Write("{}", UnixFileMode.UserRead);

        Assert.Empty(new ProfileFile(Path).Read().Profiles);
    }

    private void Write(string json, UnixFileMode mode)
    {
        Directory.CreateDirectory(_directory.File("config"));
        File.WriteAllText(Path, json);
        File.SetUnixFileMode(Path, mode);
    }
}
