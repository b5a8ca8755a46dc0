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

    /// <summary>The gzip of user data in base64, without its last bytes.</summary>
    private const string CutGzip = "H4sIAAAAAAACAzOsySgpKbDS10/Oz0vLTNdLrUjMLchJ1UvOz7UyMTUzr8lOrawpTk0uSi0B";

    [Fact]
    public void The_format_of_2012_is_read_as_plain_text_base64_and_gzip()
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
    public void Gzip_that_is_truncated_at_any_byte_is_rejected_and_the_error_mentions_its_end()
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
    [Trait("Runs", "program")]
    public async Task The_program_itself_rejects_truncated_gzip()
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
    public void Base64_that_is_truncated_within_a_group_is_rejected_and_the_error_mentions_its_end(int missing)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(Server + "?"), Base64FormattingOptions.InsertLineBreaks);
        var whole = Encoding.ASCII.GetBytes(text);

        Assert.StartsWith("The user data is base64 that is cut off; it ends after ", Refusal(whole[..^missing]), StringComparison.Ordinal);
    }

    [Fact]
    public void Encoded_or_plain_user_data_that_is_too_large_is_rejected()
    {
        var huge = new byte[UserDataText.MaxBytes + 1];
        Array.Fill(huge, (byte)'#');
        Assert.Contains(
            "is larger than 65536 bytes", Assert.Throws<AgentException>(() => Instructions.Read(huge)).Message, StringComparison.Ordinal);
        Assert.Contains("when decompressed", Assert.Throws<AgentException>(() => Instructions.Read(TestTarball.Gzip(huge))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_of_a_cloud_config_is_read_regardless_of_the_rest_of_the_file()
    {
        var text = $"#cloud-config\nruncmd: &a\n- [ ls, ~ ]\nwrite_files: *a\naudrey-instance-config: \"{Server}\"\nx: !!binary eHg=\n";
        Assert.Equal("0f31-uuid", Instructions.Read(Encoding.UTF8.GetBytes(text)).Server!.Id);
        var standalone = Instructions.Read([
            .. "#cloud-config\naudrey-instance-config:\n  audrey: 1\n"u8,
            .. "  puppet:\n    classes:\n      sshd: { port: 22 }\nusers: []\n"u8]);
        Assert.Equal("sshd", Assert.Single(standalone.Standalone!.Classes).Name);
        var wrong = Assert.Throws<AgentException>(
            () => Instructions.Read("#cloud-config\nusers: []\naudrey-instance-config:\n  audrey: 2\n"u8.ToArray()));
        Assert.Contains("line 4, column 11: this program reads format 1", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Documents as Terraform, cloud-init's own tools and people write them.</summary>
    [Theory]
    [InlineData("#cloud-config\n\"audrey-instance-config\": \"SERVER\"\n")]
    [InlineData("#cloud-config\n'audrey-instance-config': 'SERVER'\n")]
    [InlineData("#cloud-config\n{\"users\":[null,1],\"audrey-instance-config\":\"SERVER\",\"x\":{\"audrey-instance-config\":\"no\"}}")]
    [InlineData("  #cloud-config\n  users: []\n  audrey-instance-config: \"SERVER\"\n")]
    [InlineData("\n\n#Cloud-Config\r\nusers: []\r\naudrey-instance-config: 'SERVER'\r\n")]
    [InlineData("#cloud-config\n? audrey-instance-config\n: SERVER\n")]
    [InlineData("#cloud-config\naudrey-instance-config: >-\n  SERVER\n")]
    [InlineData("#cloud-config\naudrey-instance-config: 'no form'\nx: 1\naudrey-instance-config: 'SERVER'\n")]
    [InlineData("#cloud-config\naudrey-instance-config: !!python/object 'x'\naudrey-instance-config: 'SERVER'\n")]
    [InlineData("#cloud-config\nwrite_files:\n- content: |\n    audrey-instance-config: no\naudrey-instance-config: 'SERVER'\n")]
    [InlineData("## template: jinja\n#cloud-config\nhostname: {{ ds.meta_data.name }}\naudrey-instance-config: 'SERVER'\n")]
    [InlineData("## template: jinja\n#cloud-config\n{% if x %}\na: {{ b }}\n{% endif %}\naudrey-instance-config: 'SERVER'\n")]
    [InlineData("#cloud-config-archive\n- '#!/bin/sh'\n- type: text/cloud-config\n  content: |\n    audrey-instance-config: 'SERVER'\n")]
    [InlineData("#cloud-config-archive\n- |\n  #cloud-config\n  audrey-instance-config: 'SERVER'\n")]
    public void The_section_is_found_in_every_form_of_a_cloud_config(string text)
    {
        text = text.Replace("SERVER", Server, StringComparison.Ordinal);
        Assert.Equal("0f31-uuid", Instructions.Read(Encoding.UTF8.GetBytes(text)).Server?.Id);
        Assert.Equal("0f31-uuid", Instructions.Read(TestTarball.Gzip(Encoding.UTF8.GetBytes(text))).Server?.Id);
    }

    [Theory]
    [InlineData("text/cloud-config", "7bit")]
    [InlineData("text/cloud-config; charset=\"utf-8\"", "base64")]
    [InlineData("text/plain", "quoted-printable")]
    [InlineData("TEXT/X-NOT-MULTIPART", "BASE64")]
    [InlineData("application/gzip", "base64")]
    [InlineData("text/jinja2", "base64")]
    public void The_section_is_found_in_every_part_of_a_multipart_message(string type, string encoding)
    {
        var header = type == "text/jinja2" ? "## template: jinja\n" : "";
        var config = Encoding.UTF8.GetBytes($"{header}#cloud-config\nname: \u00fcber = 1\naudrey-instance-config: '{Server}'\n");
        if (type == "application/gzip") config = TestTarball.Gzip(config);
        var body = encoding.ToLowerInvariant() switch
        {
            "base64" => Convert.ToBase64String(config, Base64FormattingOptions.InsertLineBreaks),
            "quoted-printable" => Encoding.UTF8.GetString(config)
                .Replace("=", "=3D").Replace("\u00fc", "=C3=BC").Replace("name", "na=\nme"),
            _ => Encoding.UTF8.GetString(config),
        };
        var inner = Multipart("inner", $"Content-Type: {type}\nContent-Transfer-Encoding: {encoding}\nMIME-Version: 1.0\n\n{body}");
        var text = Multipart(
            "outer", "Content-Type: text/x-shellscript\n\n#!/bin/sh\naudrey-instance-config: no\n", inner,
            "Content-Type: text/cloud-config\n\n#cloud-config\nusers: []\n", "Content-Type: text/plain\n\n \n");

        foreach (var form in new[] { text, text.Replace("\n", "\r\n", StringComparison.Ordinal) })
            Assert.Equal("0f31-uuid", Instructions.Read(Encoding.UTF8.GetBytes(form)).Server?.Id);
        Assert.Equal("0f31-uuid", Instructions.Read(TestTarball.Gzip(Encoding.UTF8.GetBytes(text))).Server?.Id);
    }

    [Fact]
    public void The_last_part_with_a_section_counts_and_a_wrong_part_is_named()
    {
        var text = Multipart(
            "b",
            $"Content-Type: text/cloud-config\n\naudrey-instance-config: '{Server}'",
            "Content-Type: text/cloud-config\n\naudrey-instance-config: '1|http://h|second|s'");
        Assert.Equal("second", Instructions.Read(Encoding.UTF8.GetBytes(text)).Server!.Id);

        var wrong = Multipart("b", "\n#!/bin/sh\n", "Content-Type: text/cloud-config\n\na: 1\naudrey-instance-config:\n  audrey: 2\n");
        Assert.Contains(
            "part 2 of the user data (text/cloud-config), line 3, column 11: this program reads format 1",
            Refusal(Encoding.UTF8.GetBytes(wrong)), StringComparison.Ordinal);
        var none = Multipart("b", "Content-Type: text/x-shellscript\n\n#!/bin/sh\n");
        Assert.EndsWith("The parts are: text/x-shellscript.", Refusal(Encoding.UTF8.GetBytes(none)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_multipart_message_that_is_truncated_at_any_line_is_rejected()
    {
        var part = $"Content-Type: text/cloud-config\n\n#cloud-config\naudrey-instance-config: '{Server}'\n";
        var lines = Multipart("b", part, part).TrimEnd().Split('\n');
        for (var length = 3; length < lines.Length; length++)
            Assert.Contains(
                "is multipart that is cut off", Refusal(Encoding.UTF8.GetBytes(string.Join('\n', lines.Take(length)))),
                StringComparison.Ordinal);
        var cut = Multipart("b", "Content-Type: text/cloud-config\nContent-Transfer-Encoding: base64\n\nI2Nsb3VkLWNvbmZp\nZ");
        Assert.Contains("base64 is cut off or damaged", Refusal(Encoding.UTF8.GetBytes(cut)), StringComparison.Ordinal);
    }

    /// <summary>Without the name, the message would say that the user data itself is damaged or empty.</summary>
    [Theory]
    [InlineData("user-data", "b64", CutGzip, "is gzip that is cut off or damaged")]
    [InlineData("user-data", "text/plain", "2|http://h|u|s", "has form '2'")]
    [InlineData("ca.pem", "text/plain", "", "is empty")]
    [InlineData("ca.pem", "b64", CutGzip, "is gzip that is cut off or damaged")]
    public void A_stored_file_that_is_damaged_or_empty_is_named(string name, string encoding, string content, string problem)
    {
        var path = $"/etc/audrey-instance-config/{name}";
        var text = $$"""
            #cloud-config
            audrey-instance-config: '{{Server}}'
            write_files: [{ path: {{path}}, encoding: {{encoding}}, content: "{{content}}" }]
            """;
        var part = Multipart("b", $"Content-Type: text/cloud-config\n\n{text}");

        foreach (var (data, where) in new[] { (text, ""), (part, "part 1 of the user data (text/cloud-config), ") })
        {
            Assert.StartsWith(
                $"The user data is wrong: {where}the file {path} {problem}",
                Refusal(Encoding.UTF8.GetBytes(data)),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("## template: jinja\n#cloud-config\naudrey-instance-config: '1|{{ v1.endpoint }}|u|s'\n", "has expressions")]
    [InlineData("#cloud-config\na: b: c\n", "line 2, column 5: the text is not YAML")]
    [InlineData("#cloud-config\naudrey-instance-config: 5\n", "audrey-instance-config is neither a string nor a mapping")]
    [InlineData("#cloud-config-jsonp\n[]", "is #cloud-config without a section")]
    public void A_cloud_config_that_cannot_be_used_is_rejected_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Refusal(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    private static string Multipart(string boundary, params string[] parts) =>
        $"Content-Type: multipart/mixed;\n boundary=\"{boundary}\"\nMIME-Version: 1.0\n\n"
        + string.Concat(parts.Select(part => $"--{boundary}\n{part}\n")) + $"--{boundary}--\n";

    private static string Refusal(byte[] data) => Assert.Throws<AgentException>(() => Instructions.Read(data)).Message;

    private static byte[] Base64(byte[] data) => Encoding.ASCII.GetBytes(Convert.ToBase64String(data));
}
