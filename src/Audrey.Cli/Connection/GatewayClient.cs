using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Cli.Profiles;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Secrets;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>
/// A conductor's operations over HTTP. They throw the exceptions of the client library. Every operation can be repeated. The size of a
/// request does not depend on the size of the deployable.
/// </summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly GatewayCalls _calls;

    /// <param name="profile">The servers and the conductor.</param>
    /// <param name="secret">The conductor's secret.</param>
    /// <param name="deadline">How long each request is tried.</param>
    /// <param name="time">The clock.</param>
    public GatewayClient(Profile profile, string secret, TimeSpan deadline, TimeProvider time)
    {
        _calls = new GatewayCalls(profile, secret, deadline, time);
        CaFile = profile.CaFile;
        Launch = new GatewayLaunch(_calls);
        Comparison = new GatewayComparison(_calls);
        Groups = new GatewayGroups(_calls);
        Events = new GatewayEvents(_calls);
        Credentials = new GatewayCredentials(_calls);
        Owners = new GatewayOwners(_calls);
        Audit = new GatewayAudit(_calls);
    }

    /// <summary>Gets the address of the servers.</summary>
    public Uri Url => _calls.Url;

    /// <summary>
    /// Gets the file with the certificate authorities that the servers' certificates are checked against. Null for the system's.
    /// </summary>
    public string? CaFile { get; }

    public GatewayLaunch Launch { get; }

    public GatewayComparison Comparison { get; }

    public GatewayGroups Groups { get; }

    public GatewayEvents Events { get; }

    public GatewayCredentials Credentials { get; }

    public GatewayOwners Owners { get; }

    public GatewayAudit Audit { get; }

    /// <summary>Checks that the servers can be reached, are trusted and accept the credential.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(HttpMethod.Get, Version3Routes.Deployables, "checking the credential");
        (await _calls.SendAsync(request, cancellationToken)).Require(request).Read(Version3Json.Default.DeployableList);
    }

    /// <summary>Gets the message bus. Its URL is null if the servers have none that this machine can reach.</summary>
    public async Task<BusInfo> FindBusAsync(CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(HttpMethod.Get, Version3Routes.Bus, "asking for the message bus");
        return (await _calls.SendAsync(request, cancellationToken)).Require(request).Read(Version3Json.Default.BusInfo);
    }

    /// <summary>Lists the conductor's deployables in the order of their creation.</summary>
    public async IAsyncEnumerable<DeployableId> ListDeployablesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var request = new GatewayRequest(
                HttpMethod.Get, GatewayRequest.PageOf(Version3Routes.Deployables, after), "listing deployables");
            var page = (await _calls.SendAsync(request, cancellationToken)).Require(request).Read(Version3Json.Default.DeployableList);
            foreach (var id in page.Deployables) yield return DeployableId.Parse(id);
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Gets the data of a deployable, without its instances.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public Task<DeployableSummary> GetSummaryAsync(DeployableId id, CancellationToken cancellationToken) => ReadAsync(
        GatewayRequest.PathOf(Version3Routes.Summary, id.Value),
        $"reading the status of deployable '{id}'",
        $"No deployable '{id}' is registered by this conductor.",
        StatusJson.Default.DeployableSummary,
        cancellationToken);

    /// <summary>Gets the status of a deployable and of its instances, ordered by assembly, ordinal and UUID.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public async Task<DeployableStatus> GetDeployableStatusAsync(DeployableId id, CancellationToken cancellationToken)
    {
        var summary = await GetSummaryAsync(id, cancellationToken);
        var instances = new List<InstanceStatus>();
        await foreach (var instance in ListInstancesAsync(id, cancellationToken)) instances.Add(instance);
        return summary.ToStatus([.. instances.InOrder()]);
    }

    /// <summary>Lists the statuses of the instances of a deployable.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public IAsyncEnumerable<InstanceStatus> ListInstancesAsync(DeployableId id, CancellationToken cancellationToken) =>
        ListInstancesAsync(id, InstanceFilter.All, cancellationToken);

    /// <summary>Lists the statuses of the instances of a deployable that a filter selects. Only these are sent.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter filter, CancellationToken cancellationToken) =>
        ListInstancesAsync(id, filter, limit: null, cancellationToken);

    /// <summary>
    /// Lists the statuses of the instances of a deployable that a filter selects. With a limit, the servers read only the instances that
    /// its status and assembly select.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="limit">The maximum number of instances in one answer, from 1 to 128. Null for pages of the servers.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public async IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter filter, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = GatewayRequest.PathOf(Version3Routes.Members, id.Value);
        string? after = null;
        do
        {
            var page = await ReadAsync(
                GatewayRequest.QueryOf(
                    path,
                    (Version3Routes.After, after),
                    ("status", filter.Status is { } status ? CompletionStatusNames.NameOf(status) : null),
                    ("assembly", filter.Assembly),
                    ("name", filter.Name),
                    ("limit", limit?.ToString(CultureInfo.InvariantCulture))),
                $"reading the status of deployable '{id}'",
                $"No deployable '{id}' is registered by this conductor.",
                StatusJson.Default.InstancesPage,
                cancellationToken);
            // A server that does not know filters sends all instances.
            foreach (var instance in page.Instances.Where(filter.Selects)) yield return instance;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Gets the status of an instance.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    public Task<InstanceStatus> GetInstanceStatusAsync(InstanceId id, CancellationToken cancellationToken) => ReadAsync(
        GatewayRequest.PathOf(Version3Routes.Report, id.Value),
        $"reading the status of instance '{id}'",
        $"No instance '{id}' is registered by this conductor.",
        StatusJson.Default.InstanceStatus,
        cancellationToken);

    /// <summary>Gets the facts about an instance's machine.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    public Task<FactsStatus> GetFactsAsync(InstanceId id, CancellationToken cancellationToken) => ReadAsync(
        GatewayRequest.PathOf(Version3Routes.Facts, id.Value),
        $"reading the facts of instance '{id}'",
        $"No instance '{id}' is registered by this conductor.",
        StatusJson.Default.FactsStatus,
        cancellationToken);

    /// <summary>Replaces an instance with a new one that has the same UUID, configuration and files, and a new secret.</summary>
    /// <returns>The secret of the new guest.</returns>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    public async Task<string> ReplaceInstanceAsync(
        DeployableId deployable, InstanceId id, double? deadlineSeconds, CancellationToken cancellationToken)
    {
        // The request contains the new secret. So a repetition of the request is recognised, and does not replace the instance again.
        var secret = NewSecret.Create();
        var request = new GatewayRequest(
            HttpMethod.Put, GatewayRequest.PathOf(Version3Routes.Member, deployable.Value, id.Value), $"replacing instance '{id}'")
            .With(new ReplaceRequest { Secret = secret, DeadlineSeconds = deadlineSeconds }, Version3Json.Default.ReplaceRequest);
        var answer = await _calls.SendAsync(request, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.NotYours))
            throw new NotFoundException($"No instance '{id}' is registered by this conductor.");
        answer.Require(request);
        return secret;
    }

    /// <summary>Gives an instance another secret, without a new guest.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance.</exception>
    public async Task<RotatedSecret> RotateInstanceSecretAsync(
        DeployableId deployable, InstanceId id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(
            HttpMethod.Post,
            GatewayRequest.PathOf(Version3Routes.MemberSecret, deployable.Value, id.Value),
            $"rotating the secret of instance '{id}'")
        { IsCommand = true }
            .With(new SecretRotationRequest { OverlapSeconds = overlap.TotalSeconds }, Version3Json.Default.SecretRotationRequest);
        var answer = await _calls.SendAsync(request, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.NotYours))
            throw new NotFoundException($"No instance '{id}' is registered by this conductor.");
        var secret = answer.Require(request).Read(Version3Json.Default.CurrentSecret);
        return new() { Id = id, Secret = secret.Secret, PreviousUntil = secret.PreviousUntil };
    }

    /// <summary>Runs a failed service of an instance again, or all its failed services.</summary>
    /// <exception cref="NotFoundException">This conductor has no such instance, or the instance has no such service.</exception>
    public async Task<ServiceRetryResult> RetryServicesAsync(
        DeployableId deployable, InstanceId id, string? service, CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(
            HttpMethod.Post,
            GatewayRequest.PathOf(Version3Routes.Retry, deployable.Value, id.Value),
            $"running services of instance '{id}' again")
        { IsCommand = true }
            .With(new RetryRequest { Service = service }, Version3Json.Default.RetryRequest);
        var answer = await _calls.SendAsync(request, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.NotYours))
        {
            var what = service is null ? $"instance '{id}'" : $"instance '{id}' with a service '{service}'";
            throw new NotFoundException($"No {what} is registered by this conductor.");
        }

        var retried = answer.Require(request).Read(Version3Json.Default.RetriedServices);
        return new()
        {
            Id = id,
            Runs = retried.Services.ToDictionary(one => one.Name, one => one.Run),
            Waits = retried.Services.Where(one => one.WaitsFor is not null).ToDictionary(one => one.Name, one => one.WaitsFor!),
            IsListening = retried.Listening,
            LastContact = retried.LastContact,
        };
    }

    /// <summary>
    /// Deletes a deployable, its instances and their credentials, and waits until nothing of it is left. If there is no such deployable,
    /// nothing happens. The servers finish a deletion that has begun, even if this client has ended.
    /// </summary>
    /// <exception cref="NotFoundException">The deployable belongs to another conductor.</exception>
    public async Task DeleteDeployableAsync(DeployableId id, CancellationToken cancellationToken)
    {
        var what = $"deleting deployable '{id}'";
        var request = new GatewayRequest(HttpMethod.Delete, GatewayRequest.PathOf(Version3Routes.Deployable, id.Value), what);
        var answer = await _calls.SendAsync(request, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound)) return;
        if (answer.Is(ProblemTypes.NotYours)) throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
        answer.Require(request);

        var progress = new GatewayRequest(HttpMethod.Get, GatewayRequest.PathOf(Version3Routes.Summary, id.Value), what);
        await new GatewayWait(_calls).UntilAsync(
            async () =>
            {
                var left = await _calls.SendAsync(progress, cancellationToken);
                return left.Is(ProblemTypes.NotFound)
                    || !left.Require(progress).Read(StatusJson.Default.DeployableSummary).IsBeingDeleted;
            },
            cancellationToken);
    }

    public void Dispose() => _calls.Dispose();

    private async Task<T> ReadAsync<T>(
        string path, string what, string notFound, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(HttpMethod.Get, path, what);
        var answer = await _calls.SendAsync(request, cancellationToken);
        return answer.Is(ProblemTypes.NotFound) ? throw new NotFoundException(notFound) : answer.Require(request).Read(type);
    }
}
