using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Crash;

[Collection(ProcessTests.Name)]
public sealed class InterruptedDeletionTests : IDisposable
{
    private const int Instances = 300;
    private const string Deployable = "large";

    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 32 };

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_interrupted_deletion_is_finished_after_the_restart_without_another_request()
    {
        var deletion = Deletion();
        await using (var server = await Start())
        {
            await RegisterAll(server);
            var request = deletion.Send(server.Endpoint);
            await WaitForFirstDeletion(server);
            await server.Kill();
            await Assert.ThrowsAnyAsync<Exception>(() => request);
        }

        await using var restarted = await Start();
        await WaitForDeletion(restarted);
        await AssertNothingIsLeft(restarted);

        // If the same request is sent again, it receives the answer to the interrupted one. A new request finds nothing to delete.
        Assert.Equal(200, await deletion.Send(restarted.Endpoint));
        Assert.Equal(404, (await restarted.Conductor.Delete($"/deployment/2/{Deployable}")).Status);

        await RegisterAll(restarted);
        Assert.Equal(Instances, InstancesIn(await restarted.Conductor.Get($"/reports/2/deployment/{Deployable}")).Count);
    }

    [Fact]
    public async Task A_deletion_that_is_interrupted_at_its_start_either_has_not_begun_or_is_finished_later()
    {
        await using (var server = await Start())
        {
            await RegisterAll(server);
            using var connection = new System.Net.Sockets.TcpClient(server.Endpoint.Host, server.Endpoint.Port);
            var deletion = Deletion();
            await connection.GetStream().WriteAsync(deletion.Head);
            await server.Kill();
        }

        await using var restarted = await Start();

        // A registration is refused while a deletion is in progress. The refusal shows that the deletion has begun.
        var probe = await restarted.Conductor.Post($"/configs/2/{Id(0)}", DocumentOf(0));
        if (probe.Status == 200)
        {
            Assert.Equal(Instances, InstancesIn(await restarted.Conductor.Get($"/reports/2/deployment/{Deployable}")).Count);
            Assert.Equal(200, (await restarted.Conductor.Delete($"/deployment/2/{Deployable}")).Status);
        }
        else
        {
            Assert.Equal(409, probe.Status);
            Assert.True(probe.Headers.RetryAfter is not null, "The answer 409 must have Retry-After");
            await WaitForDeletion(restarted);
        }

        await AssertNothingIsLeft(restarted);
    }

    [Fact]
    public async Task A_deletion_that_is_repeated_after_a_kill_ends_only_when_all_rows_are_deleted()
    {
        await using (var server = await Start())
        {
            await RegisterAll(server);
            var request = Deletion().Send(server.Endpoint);
            await WaitForFirstDeletion(server);
            await server.Kill();
            await Assert.ThrowsAnyAsync<Exception>(() => request);
        }

        await using var restarted = await Start();
        Assert.Contains((await restarted.Conductor.Delete($"/deployment/2/{Deployable}")).Status, (int[])[200, 404]);
        await AssertNothingIsLeft(restarted);
    }

    private static CapturedRequest Deletion() => CapturedRequest.Delete(
        new OAuthSigner(ServerProcess.ConductorKey, ServerProcess.ConductorSecret, TimeProvider.System), $"/deployment/2/{Deployable}");

    private static string Id(int instance) => $"instance-{instance}";

    // Each instance refers to the previous instance, and to an instance that is never registered.
    private static string DocumentOf(int instance) => Document(
        Id(instance),
        Provides("p") + Services(Service("s", Refers("x", Id(Math.Max(0, instance - 1)), "p"), Refers("y", "nobody", "p"))),
        Deployable);

    private static Task RegisterAll(ServerProcess server) => Parallel.ForAsync(0, Instances, AtOnce, async (instance, _) =>
    {
        var answer = await server.Conductor.Post($"/configs/2/{Id(instance)}", DocumentOf(instance));
        Assert.Equal((200, ""), (answer.Status, answer.Text));
    });

    /// <summary>Completes as soon as any instance is deleted.</summary>
    private static Task WaitForFirstDeletion(ServerProcess server)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 4; i++) _ = PollInstance(i * Instances / 4);
        return found.Task.Within("the first deleted instance");

        async Task PollInstance(int instance)
        {
            try
            {
                while (!found.Task.IsCompleted)
                    if ((await server.Conductor.Get($"/reports/2/instance/{Id(instance)}")).Status == 404) found.TrySetResult();
            }
            catch (HttpRequestException)
            {
                // The server was killed after another of these loops had found a deleted instance.
            }
        }
    }

    private static Task WaitForDeletion(ServerProcess server) => Task.Run(async () =>
    {
        while ((await server.Conductor.Get($"/reports/2/deployment/{Deployable}")).Status != 404)
        {
        }
    }).Within("the end of a deletion after a restart");

    private static async Task AssertNothingIsLeft(ServerProcess server)
    {
        Assert.Equal(404, (await server.Conductor.Get($"/reports/2/deployment/{Deployable}")).Status);
        await Parallel.ForAsync(0, Instances, AtOnce, async (instance, _) =>
        {
            var guest = server.Client(Id(instance), SecretOf(Id(instance)));
            Assert.Equal(404, (await server.Conductor.Get($"/reports/2/instance/{Id(instance)}")).Status);
            Assert.Equal(404, (await guest.Get($"/configs/2/{Id(instance)}")).Status);
            Assert.Equal(404, (await guest.Get($"/files/2/{Id(instance)}")).Status);
            Assert.Equal(401, (await guest.Get("/auth")).Status);
        });
    }

    private static List<string> InstancesIn(Answer report) =>
        [.. XElement.Parse(report.Text).Descendants("instance").Select(instance => (string)instance.Attribute("uuid")!)];

    private Task<ServerProcess> Start() => ServerProcess.Start($"--Audrey:DataDirectory={_directory.Path}");
}
