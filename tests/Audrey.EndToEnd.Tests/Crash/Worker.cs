using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Sends one random command after the other, and writes what is acknowledged into the ledger. Nobody else commands its instances, so what
/// they are is known; everybody polls everybody's.
/// </summary>
internal sealed class Worker(Deployables deployables, int number, Floors floors, Random random)
{
    // A push that took longer than this may go on in the background: the guest is answered after 200 ms at most.
    private static readonly TimeSpan PushEnded = TimeSpan.FromMilliseconds(150);

    private readonly IReadOnlyList<Member> _own = deployables.Own[number];
    private readonly Member[] _mine = [deployables.Common[number], .. deployables.Own[number]];

    /// <summary>How a request is sent: once, or in a cluster again after each 503.</summary>
    public Func<Func<Task<Answer>>, Task<Answer>> Send { get; init; } = send => send();

    /// <summary>What says that a deletion is done; 404 as well where the first of two requests may have been carried out.</summary>
    public int[] Deleted { get; init; } = [200];

    /// <summary>Carries out one command or poll on this server.</summary>
    /// <exception cref="HttpRequestException">The connection broke; what may have come of the command is in the ledger.</exception>
    public Task Act(ServerProcess server)
    {
        var member = _mine[random.Next(_mine.Length)];
        if (member.Now.IsAbsent) return Register(server, member);
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

    /// <summary>Registers and gives everything that is missing, so that everybody is complete.</summary>
    public async Task Complete(ServerProcess server)
    {
        foreach (var member in _mine)
        {
            if (member.Now.IsAbsent) await Register(server, member);
            if (member.Now.A == 0) await Give(server, member, 'a');
            if (member.Now.B == 0) await Give(server, member, 'b');
            if (member.Now.End == 0) await End(server, member);
        }
    }

    /// <summary>
    /// Finds out whether the deletion of this worker's deployable, whose outcome was not known, has begun, without asking for it: a
    /// registration is refused while it goes on. Returns when it is over.
    /// </summary>
    public async Task SettleDeletion(ServerProcess server)
    {
        if (!_own.Any(member => member.Possible.Count > 1 && member.Possible.Contains(Picture.Absent))) return;
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
            }).Within("the end of a deletion that a restart takes up again");
            foreach (var member in _own) member.Is(Picture.Absent);
            return;
        }

        Accept(answer, 200);
        first.Is(Picture.Registered(edition));
        var gone = 0;
        var others = _own.Where(member => member != first && member.Possible.Count > 1).ToList();
        foreach (var member in others)
            if ((await server.Conductor.Get($"/reports/2/instance/{member.Id}")).Status == 404) gone++;
        Assert.True(gone == 0 || gone == others.Count, $"A deletion was carried out by half: of {others.Count} instances {gone} are gone");
    }

    private async Task Give(ServerProcess server, Member member, char name)
    {
        var value = member.NextNumber();
        var began = TimeProvider.System.GetTimestamp();
        await Carry(
            member,
            () => Guest(server, member).Put($"/params/2/{member.Id}", $"|{name}&{Member.Base64(value)}|"),
            picture => name == 'a' ? picture with { A = value } : picture with { B = value },
            200, 202);
        if (TimeProvider.System.GetElapsedTime(began) < PushEnded) floors.Reached(deployables.All, member, name, value);
    }

    private async Task End(ServerProcess server, Member member)
    {
        var status = member.NextNumber();
        var began = TimeProvider.System.GetTimestamp();
        await Carry(
            member,
            () => Guest(server, member).Put($"/params/2/{member.Id}", $"||own&{Member.Base64(status)}|"),
            picture => picture with { End = status },
            200, 202);
        if (TimeProvider.System.GetElapsedTime(began) < PushEnded) floors.Reached(deployables.All, member, 'e', status);
    }

    private async Task Register(ServerProcess server, Member member)
    {
        var edition = member.NextNumber();
        var registered = Picture.Registered(edition);
        try
        {
            Accept(await Send(() => server.Conductor.Post($"/configs/2/{member.Id}", member.Document(edition))), 200);
            member.Is(registered);
        }
        catch (HttpRequestException)
        {
            // The tarball is written first: it may be new where the registration is not.
            var before = member.Possible.Where(picture => !picture.IsAbsent).ToList();
            member.MayBe([registered, .. before.Select(picture => picture with { Tarball = registered.Tarball })]);
            throw;
        }
    }

    private Task Upload(ServerProcess server, Member member)
    {
        var text = $"upload {member.NextNumber()}";
        return Carry(
            member,
            async () =>
            {
                using var upload = Tarballs.Upload("own/start", text);
                return await server.Conductor.Upload($"/files/2/{member.Id}", upload);
            },
            picture => picture with { Tarball = text },
            200);
    }

    private async Task Delete(ServerProcess server)
    {
        if (_own.All(member => member.Now.IsAbsent)) return;
        try
        {
            Accept(await Send(() => server.Conductor.Delete($"/deployment/2/{_own[0].Deployable}")), Deleted);
            foreach (var member in _own) member.Is(Picture.Absent);
        }
        catch (HttpRequestException)
        {
            foreach (var member in _own) member.MayBe(Picture.Absent);
            throw;
        }
    }

    private Task Poll(ServerProcess server, Member member) => floors.Poll(member, Guest(server, member), Send);

    private async Task Carry(Member member, Func<Task<Answer>> command, Func<Picture, Picture> change, params int[] acknowledged)
    {
        var after = change(member.Now);
        try
        {
            Accept(await Send(command), acknowledged);
            member.Is(after);
        }
        catch (HttpRequestException)
        {
            member.MayBe(after);
            throw;
        }
    }

    private static void Accept(Answer answer, params int[] expected) =>
        Assert.True(
            expected.Contains(answer.Status), $"answered {answer.Status} instead of {string.Join(" or ", expected)}: {answer.Text}");

    private static SignedClient Guest(ServerProcess server, Member member) => server.Client(member.Id, member.Secret);
}
