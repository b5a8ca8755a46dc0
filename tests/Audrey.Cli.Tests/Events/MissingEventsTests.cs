using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Profiles;
using Audrey.Cli.Waiting;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Cli.Tests.Events;

/// <summary>A server that has dropped events by the time at which a follower reads them. The only instance is complete by then.</summary>
public sealed class MissingEventsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _server;
    private bool _isComplete;
    private GatewayClient? _client;

    public MissingEventsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapGet("/v3/deployables/shop/summary", () => Json(Summary, StatusJson.Default.DeployableSummary));
        _server.MapGet(
            "/v3/deployables/shop/instances", () => Json(new() { Instances = [Instance] }, StatusJson.Default.InstancesPage));
        _server.MapGet("/v3/instances/web-1/report", () => Json(Instance, StatusJson.Default.InstanceStatus));
        _server.MapGet("/v3/deployables/shop/events", SendEventsAsync);
    }

    private static DeployableSummary Summary => new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "shop",
        Registered = Time,
        AsOf = Time,
        Incarnation = 1,
        IsBeingDeleted = false,
    };

    private InstanceStatus Instance => new()
    {
        Id = InstanceId.Parse("web-1"),
        Assembly = "web",
        Deployable = DeployableId.Parse("shop"),
        Generation = 1,
        Registered = Time,
        Facts = new Dictionary<string, string>(),
        NotYetProvided = [],
        Services =
        [
            new() { Name = "http", Status = _isComplete ? CompletionStatus.Success : CompletionStatus.Incomplete, Waits = [] },
        ],
    };

    private GatewayClient Client => _client!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        var profile = new Profile { Name = "stub", Url = _server.Urls.Single(), Key = "c" };
        _client = new GatewayClient(profile, "secret", TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_wait_reads_everything_again()
    {
        var (id, condition) = (DeployableId.Parse("shop"), WaitCondition.Parse("service=http")!);
        var wait = new DeployableWait(Client, TimeProvider.System, id, condition, TimeSpan.FromSeconds(30));
        Assert.Equal(ExitCode.Ok, (await wait.RunAsync(CancellationToken.None)).Code);
    }

    [Fact]
    public async Task A_follower_of_logs_is_told()
    {
        var told = new List<string>();
        await foreach (var run in new ServiceRuns(Client, Instance, null, told.Add).FollowAsync(CancellationToken.None))
        {
            Assert.Equal("http", run.Entry.Service);
            break;
        }

        Assert.Equal(["events 1 to 8 are no longer kept"], told);
    }

    private async Task SendEventsAsync(HttpContext http)
    {
        if (!http.Request.Headers.Accept.ToString().Contains("event-stream", StringComparison.Ordinal))
        {
            var list = new EventList { Events = [], Next = 1, Last = 1, Ended = false };
            await Json(list, Version3Json.Default.EventList).ExecuteAsync(http);
            return;
        }

        _isComplete = true;
        Event[] events = [Ended(9, "other-1", "other"), Ended(10, "web-1", "http")];
        if (http.Request.Headers[Version3Routes.LastEventIdHeader] == "1") events = events[..1];
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("event: gap\ndata: {\"detail\":\"events are missing\"}\n\n");
        foreach (var entry in events)
        {
            var json = JsonSerializer.Serialize(entry, Version3Json.Default.Event);
            await http.Response.WriteAsync($"id: {entry.Number}\nevent: {entry.Kind}\ndata: {json}\n\n", Encoding.UTF8);
        }

        await http.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Event Ended(long number, string instance, string service) => new()
    {
        Number = number,
        Time = Time,
        Kind = "service-ended",
        Detail = "",
        Instance = instance,
        Generation = 1,
        Service = service,
        Run = 1,
    };

    private static IResult Json<T>(T value, JsonTypeInfo<T> type) =>
        Results.Text(JsonSerializer.Serialize(value, type), "application/json");
}
