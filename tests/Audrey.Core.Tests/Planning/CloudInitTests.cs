using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;

namespace Audrey.Core.Tests.Planning;

/// <summary>Checks with the real cloud-init program that it accepts the user data for images with cloud-init.</summary>
public sealed class CloudInitTests : IDisposable
{
    private const string Key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
    private const string Authority = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly MachineSetup Full = new()
    {
        CaCertificates = Authority,
        AptRepository = "deb https://packages.example.com/deb stable main",
        YumRepository = "https://packages.example.com/rpm",
        RepositoryKey = Key,
    };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"audrey-cloud-config-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task The_cloud_config_is_valid_against_the_schema_of_cloud_init()
    {
        await WriteAsync(new());

        var (code, output) = await RunAsync("cloud-init", "schema", "--config-file", _file);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_cloud_config_with_everything_is_valid_against_the_schema_of_cloud_init()
    {
        await WriteAsync(Full);

        var (code, output) = await RunAsync("cloud-init", "schema", "--config-file", _file);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_schema_check_finds_an_error_in_a_wrong_cloud_config()
    {
        await File.WriteAllTextAsync(_file, "#cloud-config\nwrite_files:\n- content: x\nruncmd: 5\n");

        Assert.NotEqual(0, (await RunAsync("cloud-init", "schema", "--config-file", _file)).Code);
    }

    [Fact]
    public async Task Packages_are_installed_from_the_repository_and_the_authorities_are_stored()
    {
        await WriteAsync(Full);

        var config = (await MergedAsync()).GetProperty("config");

        var source = config.GetProperty("apt").GetProperty("sources").GetProperty("audrey");
        Assert.Equal("deb [signed-by=$KEY_FILE] https://packages.example.com/deb stable main", source.GetProperty("source").GetString());
        Assert.Equal(Key, source.GetProperty("key").GetString());
        Assert.Equal(
            "https://packages.example.com/rpm", config.GetProperty("yum_repos").GetProperty("audrey").GetProperty("baseurl").GetString());
        Assert.Equal(["audrey-instance-config", "httpd", "mod_ssl"], Texts(config.GetProperty("packages")));
        Assert.Equal(
            [CloudConfig.UserDataPath, CloudConfig.CaPath, "/etc/pki/rpm-gpg/RPM-GPG-KEY-audrey"],
            config.GetProperty("write_files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Equal(
            Authority,
            Encoding.UTF8.GetString(config.GetProperty("write_files")[1].GetProperty("content").GetBytesFromBase64()));
    }

    [Fact]
    public async Task Cloud_init_appends_to_the_lists_of_a_cloud_config_of_the_user_and_keeps_its_values()
    {
        await WriteAsync(Full with
        {
            UserDataBase = "#cloud-config\npackage_update: false\npackages: [vim]\nruncmd: [first]\n"
                + "write_files: [{path: /etc/motd, content: Grüße}]\napt: {sources: {own: {source: deb https://own.example.com s c}}}\n",
        });

        var config = (await MergedAsync()).GetProperty("config");

        Assert.False(config.GetProperty("package_update").GetBoolean());
        Assert.Equal(["vim", "audrey-instance-config", "httpd", "mod_ssl"], Texts(config.GetProperty("packages")));
        Assert.Equal("first", config.GetProperty("runcmd")[0].GetString());
        Assert.Equal("systemctl", config.GetProperty("runcmd")[1][0].GetString());
        Assert.Equal("Grüße", config.GetProperty("write_files")[0].GetProperty("content").GetString());
        Assert.Equal(4, config.GetProperty("write_files").GetArrayLength());
        Assert.Equal(["audrey", "own"], config.GetProperty("apt").GetProperty("sources").EnumerateObject().Select(source => source.Name));
    }

    [Theory]
    [InlineData("#!/bin/sh\n{\n  echo --audrey\n}\n")]
    [InlineData("#!/bin/sh\necho Grüße\r\n")]
    [InlineData("#!/bin/sh\nexit")]
    public async Task Cloud_init_runs_a_script_of_the_user_unchanged(string script)
    {
        await WriteAsync(new() { UserDataBase = script });

        var merged = await MergedAsync();

        Assert.Equal([script], Texts(merged.GetProperty("scripts")));
        Assert.Equal(CloudConfig.UserDataPath, merged.GetProperty("config").GetProperty("write_files")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Cloud_init_reads_the_parts_of_a_message_of_the_user()
    {
        await WriteAsync(new()
        {
            UserDataBase = "Content-Type: multipart/mixed; boundary=\"b\"\nMIME-Version: 1.0\n\n"
                + "--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n\n--b\nContent-Type: text/cloud-config\n\nruncmd: [first]\n--b--\n",
        });

        var merged = await MergedAsync();

        Assert.Equal(["#!/bin/sh\n"], Texts(merged.GetProperty("scripts")));
        Assert.Equal(2, merged.GetProperty("config").GetProperty("runcmd").GetArrayLength());
    }

    [Fact]
    public void A_setup_that_cloud_init_cannot_use_is_refused_with_the_remedy() => Assert.Equal(
        [
            "cloud-init does not recognise the user data base; its first line must be one of: #cloud-config, #cloud-config-archive, "
                + "#cloud-config-jsonp, #cloud-boothook, #include, #include-once, #part-handler, #!, ## template: jinja, or the header of "
                + "a MIME message",
            "the certificate authorities for guests hold no certificate in PEM (BEGIN CERTIFICATE)",
            "the apt repository has no key, so apt refuses it; give its key, or write deb [trusted=yes] URL SUITE",
            "the yum repository is not an http, https or file URL",
            "the yum repository has no key, so its packages cannot be verified; give its key",
            "the key of the repository is not an armored OpenPGP public key (BEGIN PGP PUBLIC KEY BLOCK); gpg --armor --export writes one",
            "the apt repository is not a line of sources.list; write deb URL SUITE COMPONENT",
            "the apt repository has no key, so apt refuses it; give its key, or write deb [trusted=yes] URL SUITE",
        ],
        [
            .. Findings(new()
            {
                UserDataBase = "packages: [vim]\n",
                CaCertificates = "none",
                AptRepository = "deb https://packages.example.com stable main",
                YumRepository = "packages",
            }),
            .. Findings(new() { AptRepository = "https://packages.example.com", RepositoryKey = "none" }),
            .. Findings(new() { AptRepository = "deb [arch=amd64] https://packages.example.com stable" }),
            .. Findings(new() { AptRepository = "deb [arch=amd64 trusted=yes] https://packages.example.com stable" }),
        ]);

    [Fact]
    public void User_data_that_clouds_do_not_accept_is_refused()
    {
        var plan = PlanWith(new() { UserDataBase = "#!/bin/sh\n" + new string('#', CloudConfig.MaxBytes) });

        Assert.Contains("at most 16384 are allowed", CloudConfig.Check(plan, plan.Instances[0])!.Message, StringComparison.Ordinal);
        Assert.Null(CloudConfig.Check(PlanWith(Full), plan.Instances[0]));
    }

    private static IEnumerable<string> Findings(MachineSetup setup) =>
        LaunchPlanner.Plan(Shop.Document, Shop.Options() with { Setup = setup }).Findings.Select(finding => finding.ToString());

    private static LaunchPlan PlanWith(MachineSetup setup) => LaunchPlanner.Plan(
        Shop.Document with
        {
            Assemblies = [Shop.Web with { Template = new() { Name = "web", Packages = ["httpd", "mod_ssl"] } }, Shop.Database],
        },
        Shop.Options() with { Setup = setup }).Plan!;

    private async Task WriteAsync(MachineSetup setup)
    {
        var plan = PlanWith(setup);
        await File.WriteAllTextAsync(_file, CloudConfig.Format(plan, plan.Instances[0]));
    }

    private async Task<JsonElement> MergedAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "read-with-cloud-init.py");
        var (code, output) = await RunAsync("/usr/bin/python3", script, "--merged", _file);
        Assert.True(code == 0, output);
        return JsonDocument.Parse(output[(output.IndexOf('\t', StringComparison.Ordinal) + 1)..]).RootElement;
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString());

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            var texts = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, string.Concat(texts));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
