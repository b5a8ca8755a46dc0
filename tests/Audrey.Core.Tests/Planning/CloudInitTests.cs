using System.Diagnostics;
using Audrey.Core.Planning.Output;

namespace Audrey.Core.Tests.Planning;

/// <summary>Checks with the real cloud-init program that it accepts the user data for images with cloud-init.</summary>
public sealed class CloudInitTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"audrey-cloud-config-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task The_cloud_config_is_valid_against_the_schema_of_cloud_init()
    {
        var plan = Shop.Plan(Shop.Document);
        await File.WriteAllTextAsync(_file, CloudConfig.Format(UserDataLine.Format(plan, plan.Instances[0])));

        var (code, output) = await SchemaAsync();

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_schema_check_finds_an_error_in_a_wrong_cloud_config()
    {
        await File.WriteAllTextAsync(_file, "#cloud-config\nwrite_files:\n- content: x\nruncmd: 5\n");

        Assert.NotEqual(0, (await SchemaAsync()).Code);
    }

    private async Task<(int Code, string Output)> SchemaAsync()
    {
        using var process = Process.Start(
            new ProcessStartInfo("cloud-init", ["schema", "--config-file", _file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
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
