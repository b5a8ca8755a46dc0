using System.Globalization;
using System.Text;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Credentials;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Version3;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>
/// Tests the audit trail over HTTP. Each test has a server of its own, because all conductors of a cluster share one trail.
/// </summary>
public sealed class AuditTests : IAsyncLifetime
{
    private RunningServer? _server;

    private RunningServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    private BasicClient Administrator => Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    public async Task InitializeAsync() => _server = await RunningServer.Start();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Every_command_of_versions_0_to_3_has_one_entry_and_none_contains_a_secret()
    {
        var before = TimeProvider.System.GetUtcNow();
        var secrets = new List<string> { RunningServer.ConductorSecret, SecretOf("old"), "guest-secret-0123", "guest-secret-4567" };
        await Register("old", "old-shop");
        Assert.Equal(200, (await Server.Conductor.Upload("/files/2/old", Tarballs.Upload("s/start", "true"))).Status);
        Assert.Equal(200, (await Server.Conductor.Delete("/deployment/2/old-shop")).Status);
        Assert.Equal(200, (await Administrator.Put("/v3/deployables/shop", Deployable("web"))).Status);
        Assert.Equal(202, (await Administrator.Put("/v3/deployables/shop/groups/web", """{ "size": 2 }""")).Status);
        await WaitForScaling();
        var replaced = await Administrator.Put("/v3/deployables/shop/instances/web-0", """{ "secret": "guest-secret-4567" }""");
        Assert.Equal(204, replaced.Status);
        var rotated = await Post("/v3/deployables/shop/instances/web-0/secret", """{ "overlapSeconds": 60 }""");
        secrets.Add(BasicClient.Read(rotated, Version3Json.Default.CurrentSecret).Secret);
        Assert.Equal(202, (await Administrator.Delete("/v3/deployables/shop")).Status);
        var added = await Administrator.Put("/v3/conductors/kim", """{ "role": "viewer", "actsFor": "shop" }""");
        secrets.Add(BasicClient.Read(added, Version3Json.Default.IssuedSecret).Secret);
        secrets.Add(BasicClient.Read(await Post("/v3/conductors/kim/secret", "{}"), Version3Json.Default.IssuedSecret).Secret);
        Assert.Equal(204, (await Administrator.Delete("/v3/conductors/kim")).Status);

        var (entries, text) = await Read();
        Assert.Equal(
            [
                ("register-instance", "old-shop old", null),
                ("replace-tarball", "old", null),
                ("delete-deployable", "old-shop", null),
                ("register-deployable", "shop", "1 instances"),
                ("scale-group", "shop web", "size 2"),
                ("replace-instance", "shop web-0", null),
                ("rotate-instance", "shop web-0", "overlap 60 s"),
                ("delete-deployable", "shop", null),
                ("add-conductor", "kim", "viewer for shop"),
                ("rotate-conductor", "kim", "overlap 0 s"),
                ("revoke-conductor", "kim", null),
            ],
            entries.Select(entry => (entry.Action, TargetOf(entry), entry.Detail)));
        Assert.All(entries, entry =>
        {
            Assert.Equal((RunningServer.ConductorKey, RunningServer.ConductorKey), (entry.Conductor, entry.Credential));
            Assert.Equal(("127.0.0.1", "done", null), (entry.Address, entry.Outcome, entry.Repetitions));
            Assert.InRange(entry.Time, before, TimeProvider.System.GetUtcNow());
            Assert.InRange(entry.Ended!.Value, entry.Time, TimeProvider.System.GetUtcNow());
        });
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_command_has_an_entry_with_the_kind_of_the_refusal()
    {
        await Register("mine", "shop");
        Assert.Equal(403, (await Server.OtherConductor.Delete("/deployment/2/shop")).Status);
        BasicClient.Problem(await Other.Delete("/v3/deployables/shop"), 403);
        BasicClient.Problem(await Other.Put("/v3/deployables/other", """{ "name": "n", "instances": [ { "id": "mine" } ] }"""), 400);
        BasicClient.Problem(await Administrator.Delete("/v3/deployables/none"), 404);
        BasicClient.Problem(await Administrator.Delete($"/v3/deployables/{new string('x', 2000)}"), 404);
        BasicClient.Problem(await Administrator.Delete("/v3/conductors/none"), 404);

        var entries = (await Read()).Entries;
        Assert.Equal(
            ["done", "not-yours", "not-yours", "bad-request", "not-found", "not-found", "not-found"],
            entries.Select(entry => entry.Outcome));
        Assert.Equal([null, "shop", "shop", "other"], entries.Take(4).Select((entry, i) => i == 0 ? null : entry.Deployable));
        Assert.Equal(256, entries[5].Deployable!.Length);
    }

    [Fact]
    public async Task A_command_that_is_repeated_has_only_one_entry()
    {
        var signer = new OAuthSigner(RunningServer.ConductorKey, RunningServer.ConductorSecret, TimeProvider.System);
        var captured = CapturedRequest.Form(signer, "POST", "/configs/2/old", "data", Document("old", "", "old-shop"));
        for (var i = 0; i < 3; i++) Assert.Equal(200, await captured.Send(Server.Endpoint));
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await Administrator.Put("/v3/deployables/shop", Deployable("web"))).Status);
        for (var i = 0; i < 2; i++) await Post("/v3/deployables/shop/instances/web-0/secret", "{}", "one key");
        await Post("/v3/deployables/shop/instances/web-0/secret", "{}", "another key");
        foreach (var size in new[] { 2, 3, 2 })
        {
            await Administrator.Put("/v3/deployables/shop/groups/web", $$"""{ "size": {{size}} }""");
            await WaitForScaling();
        }

        Assert.Equal(202, (await Administrator.Delete("/v3/deployables/shop")).Status);
        await Deadlines.Until(
            async () => (await Administrator.Delete("/v3/deployables/shop")).Status != 202, "the end of the deletion");

        Assert.Equal(
            [
                ("register-instance", "done", 2), ("register-deployable", "done", 2), ("rotate-instance", "done", 1),
                ("rotate-instance", "done", null), ("scale-group", "done", null), ("scale-group", "done", null),
                ("scale-group", "done", null), ("delete-deployable", "done", (int?)1),
            ],
            (await Read()).Entries.Select(entry =>
                (entry.Action, entry.Outcome, entry.Action == "delete-deployable" && entry.Repetitions > 1 ? 1 : entry.Repetitions)));
    }

    [Fact]
    public async Task Refused_requests_are_counted_together_and_the_sender_is_named_only_if_it_was_verified()
    {
        var added = await Administrator.Put("/v3/conductors/kim", """{ "role": "viewer", "actsFor": "shop" }""");
        var viewer = Server.Basic("kim", BasicClient.Read(added, Version3Json.Default.IssuedSecret).Secret);
        Assert.Equal(200, (await Server.Conductor.Post("/configs/2/known", Document("known", Provides("a"), "d"))).Status);
        for (var i = 0; i < 8; i++)
        {
            var status = (await Server.Basic(RunningServer.OtherConductorKey, "wrong").Get("/v3/deployables")).Status;
            Assert.Equal(i < WrongSecrets.MaxFree ? 401 : 429, status);
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(404, (await Server.Client("known", "wrong").Get("/params/2/known")).Status);
            Assert.Equal(404, (await Server.Client($"guest-{i}", "wrong").Get($"/configs/2/guest-{i}")).Status);
            Assert.Equal(404, (await Server.Client($"guest-{i}", "wrong").Put($"/params/2/guest-{i}", "|&|")).Status);
            Assert.Equal(401, (await Server.Basic($"stranger-{i}", "wrong").Get("/v3/deployables")).Status);
            Assert.Equal(401, (await Server.Client($"stranger-{i}", "wrong").Delete("/deployment/2/shop")).Status);
            Assert.Equal(401, (await Server.Basic($"guest-{i}", "wrong").GetOwn("hello")).Status);
            Assert.Equal(403, (await viewer.Delete("/v3/deployables/shop")).Status);
            Assert.Equal(403, (await viewer.Get("/v3/audit")).Status);
        }

        await Server.Services.GetRequiredService<RefusalSums>().Flush();
        var (entries, text) = await Read();
        var refused = entries.Where(entry => entry.Action == "refused-requests").ToList();
        Assert.InRange(refused.Count, 4, 12);
        Assert.Equal(
            [
                ("forbidden", "kim", "shop", 40L), ("not-authorized", null, null, 80L + WrongSecrets.MaxFree),
                ("not-registered", null, null, 40L), ("too-many-wrong-secrets", null, null, 8L - WrongSecrets.MaxFree),
            ],
            refused.GroupBy(entry => (entry.Outcome, entry.Credential, entry.Conductor))
                .Select(group => (group.Key.Outcome, group.Key.Credential, group.Key.Conductor, group.Sum(entry => entry.Count ?? 0)))
                .OrderBy(sum => sum.Outcome, StringComparer.Ordinal));
        Assert.All(refused, entry => Assert.Equal((0, "127.0.0.1"), (entry.Time.Second, entry.Address)));
        Assert.DoesNotContain("stranger-1", text, StringComparison.Ordinal);
        Assert.Equal(
            ["add-conductor", "register-instance"], entries.Except(refused).Select(entry => entry.Action).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_trail_can_be_read_in_pages_and_filtered_by_conductor_and_time()
    {
        for (var i = 0; i < 200; i++) await Administrator.Delete($"/v3/deployables/a-{i}");
        var middle = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 100; i++) await Other.Delete($"/v3/deployables/b-{i}");
        string[] mine = [.. Enumerable.Range(0, 200).Select(i => $"a-{i}")];
        string[] theirs = [.. Enumerable.Range(0, 100).Select(i => $"b-{i}")];

        var (all, _) = await Read();
        Assert.Equal([.. mine, .. theirs], all.Select(entry => entry.Deployable));
        Assert.Equal(theirs, (await Read($"conductor={RunningServer.OtherConductorKey}")).Entries.Select(entry => entry.Deployable));
        var time = Uri.EscapeDataString(middle.ToString("o", CultureInfo.InvariantCulture));
        Assert.Equal(theirs, (await Read($"from={time}")).Entries.Select(entry => entry.Deployable));
        Assert.Equal(mine, (await Read($"to={time}")).Entries.Select(entry => entry.Deployable));

        var last = (await Page("/v3/audit")).Next;
        for (var page = await Page($"/v3/audit?after={last}"); page.More; page = await Page($"/v3/audit?after={last}")) last = page.Next;
        last = (await Page($"/v3/audit?after={last}")).Next;
        await Administrator.Delete("/v3/deployables/later");
        Assert.Equal("later", Assert.Single((await Page($"/v3/audit?after={last}")).Entries).Deployable);
    }

    [Theory]
    [InlineData("after=12", "after")]
    [InlineData("conductor=a/b", "conductor")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-13-01", "to")]
    public async Task The_problem_for_a_wrong_query_names_the_parameter(string query, string pointer) =>
        Assert.Equal(pointer, Assert.Single(BasicClient.Problem(await Administrator.Get($"/v3/audit?{query}"), 400).Errors!).Pointer);

    private static string TargetOf(AuditListEntry entry) => string.Join(
        ' ', new[] { entry.Deployable, entry.Instance, entry.Group, entry.Administered }.Where(part => part is not null));

    private static string Deployable(string assembly) =>
        $$"""
        {
          "name": "n",
          "instances": [
            { "id": "{{assembly}}-0", "assembly": "{{assembly}}", "ordinal": 0, "secret": "guest-secret-0123", "services": [] }
          ]
        }
        """;

    private async Task Register(string uuid, string deployable) =>
        Assert.Equal(200, (await Server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, "", deployable))).Status);

    private Task<Answer> Post(string path, string body, string? key = null) => Administrator.Send(
        HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), idempotencyKey: key);

    private Task WaitForScaling() => Deadlines.Until(
        async () => !(await Administrator.Get("/v3/deployables/shop/groups/web")).Text.Contains("unfinished", StringComparison.Ordinal),
        "the end of the scaling");

    private async Task<AuditList> Page(string path) => BasicClient.Read(await Administrator.Get(path), Version3Json.Default.AuditList);

    private async Task<(List<AuditListEntry> Entries, string Text)> Read(string filter = "")
    {
        var (entries, text, after) = (new List<AuditListEntry>(), new StringBuilder(), "");
        while (true)
        {
            var answer = await Administrator.Get($"/v3/audit?{filter}{after}");
            var page = BasicClient.Read(answer, Version3Json.Default.AuditList);
            entries.AddRange(page.Entries);
            text.Append(answer.Text);
            Assert.Null(page.Gap);
            if (!page.More) return (entries, text.ToString());
            after = $"&after={page.Next}";
        }
    }
}
