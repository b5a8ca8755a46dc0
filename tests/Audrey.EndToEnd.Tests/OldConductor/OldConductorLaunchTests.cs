using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.OldConductor;

/// <summary>
/// Launches deployables as the conductor of 2012 did: with ruby-oauth, and with names and values that are not escaped. To launch other
/// documents as well, set AUDREY_DEPLOYABLES to their folder.
/// </summary>
public sealed class OldConductorLaunchTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "OldConductor");

    public static TheoryData<string> Documents
    {
        get
        {
            var folders = new[] { Path.Combine(Folder, "documents"), Environment.GetEnvironmentVariable("AUDREY_DEPLOYABLES") };
            return [.. folders.OfType<string>().SelectMany(folder => Directory.GetFiles(folder, "*.xml")).Where(IsDeployable).Order()];
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_instance_is_registered_and_every_guest_completes(string document)
    {
        await using var server = await RunningServer.Start();
        var instances = await Launch(server, document);
        Assert.NotEmpty(instances);
        Assert.All(instances, instance => Assert.True(instance.Status == 200, instance.Answer));

        var running = instances.ToDictionary(instance => instance, instance => new Queue<string>(instance.Services));
        foreach (var instance in instances)
        {
            var values = string.Concat(instance.Returns.Select(name => $"{name}&{Base64($"{name} of {instance.Uuid}")}|"));
            var answer = await Guest(server, instance).Put($"/params/2/{instance.Uuid}", $"|{values}");
            Assert.Equal((200, "||"), (answer.Status, answer.Text));
            Assert.Equal(200, (await Guest(server, instance).Get($"/files/2/{instance.Uuid}")).Status);
        }

        // A service can wait for the end of another one, so each round runs the services that are complete.
        while (running.Values.Any(services => services.Count > 0))
        {
            var ended = 0;
            foreach (var (instance, services) in running)
            {
                for (var i = services.Count; i > 0; i--)
                {
                    var service = services.Dequeue();
                    var answer = await Guest(server, instance).Get($"/configs/2/{instance.Uuid}/{Uri.EscapeDataString(service)}");
                    if (answer.Status == 200)
                    {
                        await Guest(server, instance).Put($"/params/2/{instance.Uuid}", $"||{service}&{Base64("0")}|");
                        ended++;
                    }
                    else
                    {
                        services.Enqueue(service);
                    }
                }
            }

            Assert.True(ended > 0, "The services wait for each other.");
        }

        var report = await server.Conductor.Get($"/reports/2/deployment/{instances[0].Deployable}");
        Assert.Equal("success", XDocument.Parse(report.Text).Root!.Attribute("status")!.Value);
    }

    private static bool IsDeployable(string file) => XDocument.Load(file).Root!.Name == "deployable";

    private static SignedClient Guest(RunningServer server, Instance instance) => server.Client(instance.Uuid, instance.Secret);

    private static async Task<List<Instance>> Launch(RunningServer server, string document)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/ruby",
            [
                Path.Combine(Folder, "old_conductor_launch.rb"), $"{server.Endpoint}", RunningServer.ConductorKey,
                RunningServer.ConductorSecret, document,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(
            process.ExitCode == 0,
            $"old_conductor_launch.rb failed; are the Debian packages ruby-oauth and ruby-nokogiri installed?\n{await errors}");
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<Instance>(line, JsonSerializerOptions.Web)!)];
    }

    private sealed record Instance(
        string Uuid, string Secret, string Deployable, int Status, string Answer, string[] Returns, string[] Services);
}
