using Audrey.Core.Auditing;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Statuses;
using Microsoft.Extensions.DependencyInjection;

namespace Audrey.Client.Tests.Docs;

/// <summary>
/// The examples of docs/client.md, compiled here. Each example begins after a comment with its name and ends before the comment "end".
/// </summary>
internal static class ClientPageSamples
{
    public static async Task Connect(string secret, CancellationToken cancellationToken)
    {
        // example: connect
        await using var client = await AudreyClient.ConnectAsync(
            new AudreyClientOptions
            {
                Conductor = ConductorKey.Parse("my-conductor"),
                Secret = secret,
                Gateways = ["127.0.0.1:30000"],
                Deadline = TimeSpan.FromSeconds(30),
            },
            cancellationToken);
        // end
    }

    public static async Task Cluster(string connectionString, string secret)
    {
        // example: cluster
        await using var client = await AudreyClient.ConnectAsync(new AudreyClientOptions
        {
            Conductor = ConductorKey.Parse("my-conductor"),
            Secret = secret,
            ConnectionString = connectionString,
        });
        // end
    }

    public static async Task Tls()
    {
        // example: tls
        await using var client = await AudreyClient.ConnectAsync(new AudreyClientOptions
        {
            Conductor = ConductorKey.Parse("my-conductor"),
            Gateways = ["10.0.0.5:30000"],
            Tls = new AudreyClientTls
            {
                Authorities = "/etc/shop/tls/ca.crt",
                Certificate = "/etc/shop/tls/shop.crt",
                Key = "/etc/shop/tls/shop.key",
            },
        });
        // end
    }

    public static void Services(IServiceCollection services)
    {
        // example: services
        services
            .AddAudreyClient(options => options.Conductor = ConductorKey.Parse("my-conductor"))
            .BindConfiguration(AudreyClientOptions.Section);
        // end
    }

    public static async Task Register(IAudreyClient client, byte[] databaseDocument)
    {
        // example: register
        var database = InstanceConfigXml.Parse(databaseDocument, new DocumentLimits()).Value!;
        var web = new InstanceConfig
        {
            Id = InstanceId.Parse(Guid.NewGuid().ToString()),
            Name = "web",
            Secret = "what the guest signs with",
            Deployable = database.Deployable,
            DeployableName = database.DeployableName,
            Services =
            [
                new ServiceConfig
                {
                    Name = "http",
                    Parameters =
                    [
                        new ParameterConfig { Name = "port", Value = "80"u8.ToArray() },
                        new ParameterConfig
                        {
                            Name = "db_host",
                            Reference = new(database.Id, ReferenceKind.ProvidedParameter, "ipaddress"),
                        },
                        new ParameterConfig { Name = "db_ready", Reference = new(database.Id, ReferenceKind.ServiceEnd, "mysql") },
                    ],
                },
            ],
        };

        var progress = new Progress<RegistrationProgress>(done => Console.WriteLine($"{done.Registered} of {done.Total}"));
        var registration = await client.RegisterDeployableAsync([database, web], progress);
        foreach (var warning in registration.Warnings) Console.WriteLine(warning.Message);
        // end

        // example: deadline
        await client.RegisterDeployableAsync([database, web], progress, deadline: TimeSpan.FromMinutes(30));
        // end

        // example: differences
        var differences = await client.CompareDeployableAsync([database, web]);
        foreach (var line in differences.Lines(max: 20)) Console.WriteLine(line);
        // end
    }

    public static async Task Status(IAudreyClient client)
    {
        // example: status
        var status = await client.GetDeployableStatusAsync(DeployableId.Parse("shop"));
        Console.WriteLine($"{status.Name}: {status.Status}");
        foreach (var wait in status.Waits) Console.WriteLine(wait);
        foreach (var cycle in status.Deadlocks) Console.WriteLine($"never starts: {cycle}");

        var silent = status.Waits.Select(wait => wait.Provider).Where(provider => provider is { LastContact: null }).Distinct();
        // end
        Assert.Empty(silent);

        // example: diagnosis
        if (status.IsLaunching) Console.WriteLine($"{status.Instances.Length} of {status.Expected} instances are registered");
        Console.WriteLine($"{status.Succeeded} of {status.Instances.Length} are configured");
        if (status.IsTimedOut) Console.WriteLine($"should have been complete at {status.Deadline}");
        foreach (var cause in status.Diagnosis) Console.WriteLine(cause);
        // end

        // example: filter
        var failed = new InstanceFilter { Status = CompletionStatus.Error, Assembly = "web" };
        await foreach (var instance in client.ListInstancesAsync(DeployableId.Parse("shop"), failed)) Console.WriteLine(instance.Label);
        // end

        // example: summary
        var summary = await client.GetDeployableSummaryAsync(DeployableId.Parse("shop"));
        Console.WriteLine($"{summary.Counts?.Complete} of {summary.Counts?.Instances} are complete");
        await foreach (var instance in client.FindInstancesAsync(summary.Id, failed)) Console.WriteLine(instance.Label);
        // end
    }

    public static async Task Scale(IAudreyClient client, InstanceId broken)
    {
        // example: scale
        var scaled = await client.ScaleAsync(DeployableId.Parse("shop"), "web", 5);
        foreach (var instance in scaled.Added) Boot(instance.Id, instance.Secret);
        foreach (var label in scaled.RemovedLabels) Console.WriteLine($"{label} can be shut down");
        var removed = await client.RemoveMembersAsync(DeployableId.Parse("shop"), "web", ["web-1"]);

        Boot(broken, await client.ReplaceInstanceAsync(broken));
        // end

        static void Boot(InstanceId id, string secret) => Assert.NotEqual(id.Value, secret);
    }

    public static async Task Retry(IAudreyClient client, InstanceId web)
    {
        // example: retry
        var retried = await client.RetryServicesAsync(web, "http");
        if (!retried.IsListening) Console.WriteLine($"Start the guest of {retried.Id}: it was last heard from at {retried.LastContact:u}");
        // end
    }

    public static async Task Rotate(IAudreyClient client, InstanceId web)
    {
        // example: rotate
        var rotated = await client.RotateInstanceSecretAsync(web, overlap: TimeSpan.FromHours(1));
        Console.WriteLine($"{rotated.Id} has a new secret, the old one is valid until {rotated.PreviousUntil:u}");
        // end
    }

    public static async Task Delete(IAudreyClient client)
    {
        // example: delete
        await foreach (var id in client.ListDeployablesAsync())
        {
            if (id.Value.StartsWith("test-", StringComparison.Ordinal)) await client.DeleteDeployableAsync(id);
        }

        // end
    }

    public static async Task Events(IAudreyClient client)
    {
        // example: events
        var known = 0L;
        await foreach (var entry in client.ReadEventsAsync(DeployableId.Parse("shop"), known))
        {
            known = entry.Number;
            Console.WriteLine($"{entry.Details.At:u} {EventText.Of(entry)}");
            if (entry.Details.Kind == EventKind.ServiceFailed) Console.WriteLine(entry.Details.Output);
        }
        // end
    }

    public static async Task Conductors(IAudreyClient client, Func<string, string, Task> KeepInVault)
    {
        // example: conductors
        var issued = await client.AddConductorAsync(ConductorKey.Parse("deploy"));
        await KeepInVault(issued.Key.Value, issued.Secret);

        var next = await client.RotateConductorAsync(issued.Key, overlap: TimeSpan.FromHours(1));
        await KeepInVault(next.Key.Value, next.Secret);

        foreach (var conductor in await client.ListConductorsAsync()) Console.WriteLine($"{conductor.Key} since {conductor.Created:u}");
        await client.RevokeConductorAsync(issued.Key);
        // end
    }

    public static async Task HandOver(IAudreyClient client)
    {
        // example: handOver
        await client.HandOverDeployableAsync(DeployableId.Parse("shop"), ConductorKey.Parse("payments"));
        // end
    }

    public static async Task Audit(IAudreyClient client)
    {
        // example: audit
        AuditPage? page = null;
        do
        {
            page = await client.GetAuditAsync(new AuditFilter { From = TimeProvider.System.GetUtcNow().AddDays(-1) }, page?.Next);
            foreach (var entry in page.Entries) Console.WriteLine($"{entry.Time:u} {entry.Credential} {entry.Action} {entry.Outcome}");
        }
        while (page.HasMore);
        // end
    }

    public static async Task Errors(IAudreyClient client, InstanceConfig config)
    {
        // example: errors
        try
        {
            await client.RegisterInstanceAsync(config);
        }
        catch (RefusedException refusal)
        {
            foreach (var problem in refusal.Problems) Console.Error.WriteLine($"{problem.Instance}: {problem.Message}");
        }
        catch (ConflictException conflict) when (conflict.Reason == ConflictReason.InstanceIdInUse)
        {
            Console.Error.WriteLine($"{conflict.Instance} is in {conflict.Holder?.Value ?? "another deployable"} already");
        }
        catch (AudreyException error)
        {
            Console.Error.WriteLine(error.Message);
        }
        // end
    }

    public static (ScaleResult Scaled, AudreyException Missing) Fakes()
    {
        // example: fakes
        var scaled = new ScaleResult
        {
            Added = [new AddedInstance { Id = InstanceId.Parse("web-5"), Assembly = "web", Ordinal = 5, Secret = "secret" }],
            Removed = [],
        };
        var missing = new NotFoundException("No deployable 'shop' is registered by this conductor.");
        // end
        return (scaled, missing);
    }
}
