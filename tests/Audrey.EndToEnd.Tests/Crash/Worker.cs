using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Sends random commands one after another, and records the acknowledged states. No other worker sends commands to the instances of this
/// worker, so their states are known. All workers poll all instances.
/// </summary>
internal sealed class Worker(Deployables deployables, int number, MonotonicReadCheck readCheck, Random random)
{
    // The server waits at most 200 ms for a push before it answers the guest, and then continues the push in the background. An answer
    // within this shorter time proves that the push has ended.
    private static readonly TimeSpan MaxPushTime = TimeSpan.FromMilliseconds(150);

    private readonly IReadOnlyList<Member> _own = deployables.Own[number];
    private readonly Member[] _members = [deployables.Common[number], .. deployables.Own[number]];

    /// <summary>Sends a request. In a cluster, repeats the request while the server rejects it.</summary>
    public Func<Func<Task<Answer>>, Task<Answer>> Send { get; init; } = send => send();

    /// <summary>
    /// The accepted statuses of a deletion. They include 404 if an earlier attempt may already have deleted the deployable.
    /// </summary>
    public int[] DeletionStatuses { get; init; } = [200];

    /// <summary>Sends one command or poll to this server.</summary>
    /// <exception cref="HttpRequestException">The connection broke. The possible states are recorded.</exception>
    public Task Act(ServerProcess server)
    {
        var member = _members[random.Next(_members.Length)];
        if (member.State.IsAbsent) return Register(server, member);
        return random.Next(100) switch
        {
            < 24 => Give(server, member, 'a'),
            < 48 => Give(server, member, 'b'),
            < 58 => End(server, member),
            < 66 => Register(server, member),
            < 74 => Upload(server, member),
            < 76 => Delete(server),
            _ => Poll(server, deployables.All[random.Next(deployables.All.Count)]),
        };
    }

    /// <summary>Registers the missing instances and sends the missing values, so that every instance is complete.</summary>
    public async Task Complete(ServerProcess server)
    {
        foreach (var member in _members)
        {
            if (member.State.IsAbsent) await Register(server, member);
            if (member.State.A == 0) await Give(server, member, 'a');
            if (member.State.B == 0) await Give(server, member, 'b');
            if (member.State.End == 0) await End(server, member);
        }
    }

    /// <summary>
    /// Call this method when the outcome of a deletion of this worker's deployable may be unknown. Finds out whether the deletion has
    /// begun, without requesting it again: the server refuses a registration while a deletion is in progress. If the deletion has begun,
    /// waits until it has ended.
    /// </summary>
    public async Task ResolveDeletion(ServerProcess server)
    {
        if (!_own.Any(member => member.Possible.Count > 1 && member.Possible.Contains(MemberState.Absent))) return;
        var first = _own[0];
        var edition = first.NextNumber();
        var answer = await server.Conductor.Post($"/configs/2/{first.Id}", first.Document(edition));
        if (answer.Status == 409)
        {
            await Task.Run(async () =>
            {
                while ((await server.Conductor.Get($"/reports/2/deployment/{first.Deployable}")).Status != 404)
                {
                }
            }).Within("the end of a deletion after a restart");
            foreach (var member in _own) member.SetState(MemberState.Absent);
            return;
        }

        Accept(answer, 200);
        first.SetState(MemberState.Registered(edition));
        var deleted = 0;
        var others = _own.Where(member => member != first && member.Possible.Count > 1).ToList();
        foreach (var member in others)
            if ((await server.Conductor.Get($"/reports/2/instance/{member.Id}")).Status == 404) deleted++;
        Assert.True(
            deleted == 0 || deleted == others.Count, $"A deletion was interrupted: {deleted} of {others.Count} instances are deleted");
    }

    private async Task Give(ServerProcess server, Member member, char name)
    {
        var value = member.NextNumber();
        var began = TimeProvider.System.GetTimestamp();
        await CarryOut(
            member,
            () => Guest(server, member).Put($"/params/2/{member.Id}", $"|{name}&{Member.Base64(value)}|"),
            state => name == 'a' ? state with { A = value } : state with { B = value },
            200, 202);
        if (TimeProvider.System.GetElapsedTime(began) < MaxPushTime) readCheck.Require(deployables.All, member, name, value);
    }

    private async Task End(ServerProcess server, Member member)
    {
        var status = member.NextNumber();
        var began = TimeProvider.System.GetTimestamp();
        await CarryOut(
            member,
            () => Guest(server, member).Put($"/params/2/{member.Id}", $"||own&{Member.Base64(status)}|"),
            state => state with { End = status },
            200, 202);
        if (TimeProvider.System.GetElapsedTime(began) < MaxPushTime) readCheck.Require(deployables.All, member, 'e', status);
    }

    private async Task Register(ServerProcess server, Member member)
    {
        var edition = member.NextNumber();
        var registered = MemberState.Registered(edition);
        try
        {
            Accept(await Send(() => server.Conductor.Post($"/configs/2/{member.Id}", member.Document(edition))), 200);
            member.SetState(registered);
        }
        catch (HttpRequestException)
        {
            // The server writes the tarball before the registration. Therefore the instance can have the new tarball with the old
            // registration.
            var before = member.Possible.Where(state => !state.IsAbsent).ToList();
            member.AddPossibleStates([registered, .. before.Select(state => state with { Tarball = registered.Tarball })]);
            throw;
        }
    }

    private Task Upload(ServerProcess server, Member member)
    {
        var text = $"upload {member.NextNumber()}";
        return CarryOut(
            member,
            async () =>
            {
                using var upload = Tarballs.Upload("own/start", text);
                return await server.Conductor.Upload($"/files/2/{member.Id}", upload);
            },
            state => state with { Tarball = text },
            200);
    }

    private async Task Delete(ServerProcess server)
    {
        if (_own.All(member => member.State.IsAbsent)) return;
        try
        {
            Accept(await Send(() => server.Conductor.Delete($"/deployment/2/{_own[0].Deployable}")), DeletionStatuses);
            foreach (var member in _own) member.SetState(MemberState.Absent);
        }
        catch (HttpRequestException)
        {
            foreach (var member in _own) member.AddPossibleStates(MemberState.Absent);
            throw;
        }
    }

    private Task Poll(ServerProcess server, Member member) => readCheck.Poll(member, Guest(server, member), Send);

    private async Task CarryOut(
        Member member, Func<Task<Answer>> command, Func<MemberState, MemberState> change, params int[] acknowledged)
    {
        var after = change(member.State);
        try
        {
            Accept(await Send(command), acknowledged);
            member.SetState(after);
        }
        catch (HttpRequestException)
        {
            member.AddPossibleStates(after);
            throw;
        }
    }

    private static void Accept(Answer answer, params int[] expected) =>
        Assert.True(
            expected.Contains(answer.Status), $"The status is {answer.Status} instead of {string.Join(" or ", expected)}: {answer.Text}");

    private static SignedClient Guest(ServerProcess server, Member member) => server.Client(member.Id, member.Secret);
}
