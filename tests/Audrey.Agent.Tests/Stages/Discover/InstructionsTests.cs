using System.IO.Compression;
using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Stages.Discover;

public sealed class InstructionsTests
{
    private const string Server = "1|http://config.example.com:4567/|0f31-uuid|s3cr&t";

    [Fact]
    public void The_form_of_2012_is_read_plain_and_as_base64_and_gzip()
    {
        var raw = Encoding.UTF8.GetBytes(Server);
        byte[][] forms =
        [
            raw,
            Base64(raw),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(raw, Base64FormattingOptions.InsertLineBreaks) + "\n"),
            TestTarball.Gzip(raw),
            Base64(TestTarball.Gzip(raw)),
            TestTarball.Gzip(Base64(raw)),
        ];
        foreach (var form in forms)
            Assert.Equal(
                new ServerAccess(new Uri("http://config.example.com:4567"), "0f31-uuid", "s3cr&t"), Instructions.Read(form).Server);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  \n", "is empty")]
    [InlineData("2|http://h|u|s", "has form '2'")]
    [InlineData("1|http://h|u", "has 3 parts")]
    [InlineData("1|http://h|u|s|t", "has 5 parts")]
    [InlineData("1|http://h||s", "has an empty key")]
    [InlineData("1|http://h|..|s", "has a key that cannot be the id of an instance")]
    [InlineData("1|http://h|u|", "has an empty secret")]
    [InlineData("1|ftp://h|u|s", "has an endpoint that is not an http or https address")]
    [InlineData("1|http://me:password@h|u|s", "has an endpoint that is not an http or https address")]
    [InlineData("#!/bin/sh\necho hello\n", "has no form that this program can read")]
    [InlineData("#cloud-config\npackages: [a]\n", "is #cloud-config without a section audrey-instance-config")]
    public void Wrong_user_data_is_rejected_with_the_reason(string text, string reason)
    {
        var refusal = Assert.Throws<AgentException>(() => Instructions.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(AgentExitCode.UserData, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Without the check, the rest of the file would be a valid configuration with fewer services.</summary>
    [Fact]
    public void Gzip_that_is_cut_off_is_rejected_with_its_end_wherever_it_is_cut()
    {
        var random = new Random(20121114);
        var services = Enumerable.Range(0, 20).Select(i => $"  - {{ name: s{i}, executable: \"echo {random.Next()}\" }}\n");
        var whole = TestTarball.Gzip(Encoding.UTF8.GetBytes("audrey: 1\nservices:\n" + string.Concat(services)));
        Assert.Equal(20, Instructions.Read(whole).Standalone!.Services.Count);
        for (var length = 20; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Contains($"is gzip that is cut off or damaged; it has {length} bytes", Refusal(cut), StringComparison.Ordinal);
            Assert.Contains("cut off", Refusal(Base64(cut)), StringComparison.Ordinal);
        }

        Assert.EndsWith("can be read up to line 23.", Refusal(whole[..^1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_itself_rejects_gzip_that_is_cut_off()
    {
        using var directory = new TempDirectory();
        var whole = TestTarball.Gzip("audrey: 1\nservices:\n  - { name: a, executable: \"true\" }\n"u8.ToArray());
        await File.WriteAllBytesAsync(directory.File("cut"), whole[..^4]);

        var (code, log) = await AgentProgram.RunAsync(
            $"{AgentProgram.Command} run --once --state {directory.File("state")} --user-data {directory.File("cut")}");

        Assert.Equal((AgentExitCode.UserData, true), (code, log.Contains("is gzip that is cut off", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Base64_that_is_cut_off_in_a_group_is_rejected_with_its_end(int missing)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(Server + "?"), Base64FormattingOptions.InsertLineBreaks);
        var whole = Encoding.ASCII.GetBytes(text);

        Assert.StartsWith("The user data is base64 that is cut off; it ends after ", Refusal(whole[..^missing]), StringComparison.Ordinal);
    }

    [Fact]
    public void User_data_that_is_too_large_is_rejected_encoded_or_not()
    {
        var huge = new byte[UserDataText.MaxBytes + 1];
        Array.Fill(huge, (byte)'#');
        Assert.Contains(
            "is larger than 65536 bytes", Assert.Throws<AgentException>(() => Instructions.Read(huge)).Message, StringComparison.Ordinal);
        Assert.Contains("when decompressed", Assert.Throws<AgentException>(() => Instructions.Read(TestTarball.Gzip(huge))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_of_a_cloud_config_is_read_whatever_else_the_file_holds()
    {
        var text = $"#cloud-config\nruncmd: &a\n- [ ls, ~ ]\nwrite_files: *a\naudrey-instance-config: \"{Server}\"\nx: !!binary eHg=\n";
        Assert.Equal("0f31-uuid", Instructions.Read(Encoding.UTF8.GetBytes(text)).Server!.Id);
        var standalone = Instructions.Read("#cloud-config\naudrey-instance-config:\n  audrey: 1\n  puppet:\n    classes:\n      sshd: { port: 22 }\nusers: []\n"u8.ToArray());
        Assert.Equal("sshd", Assert.Single(standalone.Standalone!.Classes).Name);
        var wrong = Assert.Throws<AgentException>(
            () => Instructions.Read("#cloud-config\nusers: []\naudrey-instance-config:\n  audrey: 2\n"u8.ToArray()));
        Assert.Contains("line 4, column 11: this program reads format 1", wrong.Message, StringComparison.Ordinal);
    }

    private static string Refusal(byte[] data) => Assert.Throws<AgentException>(() => Instructions.Read(data)).Message;

    private static byte[] Base64(byte[] data) => Encoding.ASCII.GetBytes(Convert.ToBase64String(data));
}
