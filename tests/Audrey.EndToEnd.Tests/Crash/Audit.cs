using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Holds what a server serves against the ledger, for every instance and over every route.</summary>
internal sealed class Audit(ServerProcess server, Deployables deployables)
{
    private readonly SignedClient _conductor = server.Conductor;

    /// <summary>
    /// Finds what every instance is, which must be one of what it may be; then every configuration must be, on the first poll, exactly what
    /// follows from that, and complete if nothing is missing.
    /// </summary>
    public async Task Run()
    {
        var answers = new Dictionary<Member, Answer>();
        foreach (var (member, answer) in await Each(deployables.All, Look)) answers.Add(member, answer);

        var wrong = deployables.All
            .Where(member => !member.Now.IsAbsent && answers[member].Text != member.Configuration())
            .Select(member => $"{member.Id} is answered {answers[member].Text}{Environment.NewLine}instead of {member.Configuration()}");
        Assert.Equal("", string.Join(Environment.NewLine, wrong));
        foreach (var member in deployables.All.Where(member => !member.Now.IsAbsent))
        {
            var status = member.Configuration().Contains("&|", StringComparison.Ordinal) ? 202 : 200;
            Assert.Equal((member.Id, status), (member.Id, answers[member].Status));
        }

        await Each(deployables.All, Compare);
        await Each(deployables.All.Select(member => member.Deployable).Distinct(), CompareReport);
    }

    /// <summary>Everybody is answered 200.</summary>
    public async Task AllComplete()
    {
        foreach (var (member, answer) in await Each(deployables.All, member => Guest(member).Get($"/configs/2/{member.Id}")))
            Assert.Equal((member.Id, 200, member.Configuration()), (member.Id, answer.Status, answer.Text));
    }

    private async Task<Answer> Look(Member member)
    {
        var answer = await Guest(member).Get($"/configs/2/{member.Id}");
        if (answer.Status == 404)
        {
            Assert.True(member.Possible.Contains(Picture.Absent), $"gone, although acknowledged: {member}");
            member.Is(Picture.Absent);
            return answer;
        }

        Assert.True(answer.Status is 200 or 202, $"{member.Id} was answered {answer.Status}: {answer.Text}");
        var numbers = Configuration.Parse(answer.Text);
        var files = await Guest(member).Get($"/files/2/{member.Id}");
        Assert.Equal(200, files.Status);
        var found = new Picture(numbers["edition"], numbers["a"], numbers["b"], numbers["e"], Tarballs.Read(files.Body, "own/start"));
        Assert.True(member.Possible.Contains(found), $"found {found}; expected {member}");
        member.Is(found);
        return answer;
    }

    private async Task<Answer> Compare(Member member)
    {
        var report = await _conductor.Get($"/reports/2/instance/{member.Id}");
        var parameters = await Guest(member).Get($"/params/2/{member.Id}");
        if (member.Now.IsAbsent)
        {
            Assert.Equal((404, 404), (report.Status, parameters.Status));
            Assert.Equal(404, (await Guest(member).Get($"/files/2/{member.Id}")).Status);
            return report;
        }

        Assert.Equal((200, 200), (report.Status, parameters.Status));
        string[] missing = [.. member.Now.A == 0 ? ["a"] : Array.Empty<string>(), .. member.Now.B == 0 ? ["b"] : Array.Empty<string>()];
        Assert.Equal($"|{string.Join('&', missing)}|own&peers|", parameters.Text);
        var own = XElement.Parse(report.Text).Descendants("service").Single(service => (string?)service.Attribute("name") == "own");
        Assert.Equal(member.Now.End == 0 ? null : $"{member.Now.End}", (string?)own.Element("completion-status"));
        return report;
    }

    private async Task<Answer> CompareReport(string deployable)
    {
        var members = deployables.All.Where(member => member.Deployable == deployable && !member.Now.IsAbsent);
        var expected = members.Select(member => member.Id).Order();
        var report = await _conductor.Get($"/reports/2/deployment/{deployable}");
        var listed = report.Status == 404 ? [] : XElement.Parse(report.Text).Descendants("instance").ToList();
        Assert.Equal(expected, listed.Select(instance => (string)instance.Attribute("uuid")!).Order());
        return report;
    }

    private SignedClient Guest(Member member) => server.Client(member.Id, member.Secret);

    private static async Task<IReadOnlyList<(T, Answer)>> Each<T>(IEnumerable<T> all, Func<T, Task<Answer>> look) =>
        await Task.WhenAll(all.Select(async one => (one, await look(one)))).Within("the answers of an audit");
}
