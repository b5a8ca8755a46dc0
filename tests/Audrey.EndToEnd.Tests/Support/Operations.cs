using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>Performs operations of version 3 for which a conductor needs several requests.</summary>
internal static class Operations
{
    /// <summary>Returns a digest that no other launch has.</summary>
    public static string NewDigest() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public static Task<Answer> Put<T>(this BasicClient client, string path, T body, JsonTypeInfo<T> type) =>
        client.Put(path, JsonSerializer.Serialize(body, type));

    public static Task<Answer> Post(this BasicClient client, string path, string? idempotencyKey = null) =>
        client.Send(HttpMethod.Post, path, null, idempotencyKey: idempotencyKey);

    /// <summary>Posts lines of JSON.</summary>
    public static Task<Answer> PostLines(this BasicClient client, string path, params IEnumerable<string> lines) => client.Send(
        HttpMethod.Post, path, new StringContent(string.Join('\n', lines), Encoding.UTF8, Version3Routes.JsonLines));

    public static string LineOf(InstanceRequest instance) =>
        JsonSerializer.Serialize(new LaunchLine { Instance = instance }, Version3Json.Default.LaunchLine);

    public static string LineOf(GroupLine group) =>
        JsonSerializer.Serialize(new LaunchLine { Group = group }, Version3Json.Default.LaunchLine);

    /// <summary>Scales a group, and requests the state of the scaling until it is finished or refused.</summary>
    public static async Task<GroupState> Scale(this BasicClient client, string deployable, string group, int size)
    {
        var path = $"/v3/deployables/{deployable}/groups/{group}";
        var begun = await client.Put(path, $$"""{"size":{{size}}}""");
        Assert.True(begun.Status == 202, begun.Text);
        return await client.Scaled(deployable, group);
    }

    /// <summary>Requests the state of the last scaling of a group until it is finished or refused.</summary>
    public static Task<GroupState> Scaled(this BasicClient client, string deployable, string group) => client.Await(
        $"/v3/deployables/{deployable}/groups/{group}",
        Version3Json.Default.GroupState,
        state => state.State != GroupStates.Unfinished);

    /// <summary>Reads all pages of the instances that the last scaling added.</summary>
    public static async Task<List<NewInstance>> Added(this BasicClient client, string deployable, string group)
    {
        var added = new List<NewInstance>();
        for (string? after = null; ;)
        {
            var query = after is null ? "" : $"?after={Uri.EscapeDataString(after)}";
            var answer = await client.Get($"/v3/deployables/{deployable}/groups/{group}/added{query}");
            var page = BasicClient.Read(answer, Version3Json.Default.AddedPage);
            added.AddRange(page.Added);
            if (page.Next is null) return added;
            after = page.Next;
        }
    }

    /// <summary>Reads all pages of the instances that the last scaling removed.</summary>
    public static async Task<List<string>> Removed(this BasicClient client, string deployable, string group)
    {
        var removed = new List<string>();
        for (string? after = null; ;)
        {
            var query = after is null ? "" : $"?after={Uri.EscapeDataString(after)}";
            var answer = await client.Get($"/v3/deployables/{deployable}/groups/{group}/removed{query}");
            var page = BasicClient.Read(answer, Version3Json.Default.RemovedPage);
            removed.AddRange(page.Removed);
            if (page.Next is null) return removed;
            after = page.Next;
        }
    }

    /// <summary>Deletes a deployable, and waits until the deletion is complete.</summary>
    public static async Task DeleteToTheEnd(this BasicClient client, string deployable)
    {
        var begun = await client.Delete($"/v3/deployables/{deployable}");
        Assert.True(begun.Status == 202, begun.Text);
        await client.AwaitDeletion(deployable);
    }

    /// <summary>Waits until the deletion of a deployable is complete.</summary>
    public static Task AwaitDeletion(this BasicClient client, string deployable) => Task.Run(async () =>
    {
        while (await client.Get($"/v3/deployables/{deployable}/summary") is { Status: not 404 } answer)
            Assert.True(BasicClient.Read(answer, StatusJson.Default.DeployableSummary).IsBeingDeleted);
    }).Within("the end of the deletion");

    /// <summary>Reads the summary and all pages of instances, and computes the status from them.</summary>
    public static async Task<DeployableStatus> StatusInPages(this BasicClient client, string deployable)
    {
        var path = $"/v3/deployables/{deployable}";
        var summary = BasicClient.Read(await client.Get($"{path}/summary"), StatusJson.Default.DeployableSummary);
        var instances = new List<InstanceStatus>();
        for (string? after = null; ;)
        {
            var answer = await client.Get($"{path}/instances{(after is null ? "" : $"?after={after}")}");
            var page = BasicClient.Read(answer, StatusJson.Default.InstancesPage);
            instances.AddRange(page.Instances);
            if (page.Next is null) return summary.ToStatus(instances);
            after = page.Next;
        }
    }

    private static Task<T> Await<T>(this BasicClient client, string path, JsonTypeInfo<T> type, Func<T, bool> isExpected)
    {
        return Task.Run(Ask).Within($"the expected state of {path}");

        async Task<T> Ask()
        {
            while (true)
            {
                var found = BasicClient.Read(await client.Get(path), type);
                if (isExpected(found)) return found;
            }
        }
    }
}
