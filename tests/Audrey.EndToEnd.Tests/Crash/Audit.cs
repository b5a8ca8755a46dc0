using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Compares the answers of a server with the expected states, for every instance and on every route.</summary>
internal sealed class Audit(ServerProcess server, Deployables deployables)
{
    private readonly SignedClient _conductor = server.Conductor;

    /// <summary>
    /// Determines the state of every instance, and asserts that it is one of the possible states. Then asserts that the first poll of every
    /// instance returned exactly the configuration that follows from the states. A configuration in which no value is missing must be
    /// complete.
    /// </summary>
    public async Task Run()
    {
        var answers = new Dictionary<Member, Answer>();
        foreach (var (member, answer) in await ForEach(deployables.All, FindState)) answers.Add(member, answer);

        var errors = deployables.All
            .Where(member => !member.State.IsAbsent && answers[member].Text != member.Configuration())
            .Select(member => $"{member.Id} received {answers[member].Text}{Environment.NewLine}instead of {member.Configuration()}");
        Assert.Equal("", string.Join(Environment.NewLine, errors));
        foreach (var member in deployables.All.Where(member => !member.State.IsAbsent))
        {
            var status = member.Configuration().Contains("&|", StringComparison.Ordinal) ? 202 : 200;
            Assert.Equal((member.Id, status), (member.Id, answers[member].Status));
        }

        await ForEach(deployables.All, Compare);
        await ForEach(deployables.All.Select(member => member.Deployable).Distinct(), CompareReport);
    }

    /// <summary>Asserts that the configuration of every instance is complete.</summary>
    public async Task AssertComplete()
    {
        foreach (var (member, answer) in await ForEach(deployables.All, member => Guest(member).Get($"/configs/2/{member.Id}")))
            Assert.Equal((member.Id, 200, member.Configuration()), (member.Id, answer.Status, answer.Text));
    }

    private async Task<Answer> FindState(Member member)
    {
        var answer = await Guest(member).Get($"/configs/2/{member.Id}");
        if (answer.Status == 404)
        {
            Assert.True(member.Possible.Contains(MemberState.Absent), $"An acknowledged instance is missing: {member}");
            member.SetState(MemberState.Absent);
            return answer;
        }

        Assert.True(answer.Status is 200 or 202, $"{member.Id} received {answer.Status}: {answer.Text}");
        var numbers = Configuration.Parse(answer.Text);
        var files = await Guest(member).Get($"/files/2/{member.Id}");
        Assert.Equal(200, files.Status);
        var found = new MemberState(numbers["edition"], numbers["a"], numbers["b"], numbers["e"], Tarballs.Read(files.Body, "own/start"));
        Assert.True(member.Possible.Contains(found), $"The state is {found}. Expected: {member}");
        member.SetState(found);
        return answer;
    }

    private async Task<Answer> Compare(Member member)
    {
        var report = await _conductor.Get($"/reports/2/instance/{member.Id}");
        var parameters = await Guest(member).Get($"/params/2/{member.Id}");
        if (member.State.IsAbsent)
        {
            Assert.Equal((404, 404), (report.Status, parameters.Status));
            Assert.Equal(404, (await Guest(member).Get($"/files/2/{member.Id}")).Status);
            return report;
        }

        Assert.Equal((200, 200), (report.Status, parameters.Status));
        var missing = new[] { ("a", member.State.A), ("b", member.State.B) }.Where(value => value.Item2 == 0).Select(value => value.Item1);
        Assert.Equal($"|{string.Join('&', missing)}|own&peers|", parameters.Text);
        var own = XElement.Parse(report.Text).Descendants("service").Single(service => (string?)service.Attribute("name") == "own");
        Assert.Equal(member.State.End == 0 ? null : $"{member.State.End}", (string?)own.Element("completion-status"));
        return report;
    }

    private async Task<Answer> CompareReport(string deployable)
    {
        var members = deployables.All.Where(member => member.Deployable == deployable && !member.State.IsAbsent);
        var expected = members.Select(member => member.Id).Order();
        var report = await _conductor.Get($"/reports/2/deployment/{deployable}");
        var listed = report.Status == 404 ? [] : XElement.Parse(report.Text).Descendants("instance").ToList();
        Assert.Equal(expected, listed.Select(instance => (string)instance.Attribute("uuid")!).Order());
        return report;
    }

    private SignedClient Guest(Member member) => server.Client(member.Id, member.Secret);

    private static async Task<IReadOnlyList<(T, Answer)>> ForEach<T>(IEnumerable<T> items, Func<T, Task<Answer>> action) =>
        await Task.WhenAll(items.Select(async item => (item, await action(item)))).Within("the answers of an audit");
}
