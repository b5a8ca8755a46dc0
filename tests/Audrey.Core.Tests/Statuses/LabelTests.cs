using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class LabelTests
{
    [Fact]
    public void Every_sentence_about_a_member_of_a_group_has_its_label()
    {
        var failed = new ServiceReport { Name = "cache", Status = CompletionStatus.Error, ExitStatus = "1" };
        var status = StatusOf(
            Member(0, failed, Waiting("http", MissingEnd("peer", "web-b", "http"))),
            Member(1, Waiting("http", MissingEnd("peer", "web-a", "http"))));

        Assert.Equal(["web-0", "web-1"], status.Instances.Select(instance => instance.Label));
        Assert.StartsWith(
            "web-0[http].peer waits for service 'http' of web-1 (web-b) to end", status.Waits[0].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("waits for the end of service 'http' of web-1 (web-b)", status.Waits[0].Detail, StringComparison.Ordinal);
        Assert.Contains(status.Diagnosis, cause => cause.StartsWith("web-0[cache] failed with exit status '1'", StringComparison.Ordinal));
        Assert.Equal(["web-0[http] -> web-1[http] -> web-0[http]"], status.Deadlocks.AsEnumerable());
    }

    [Fact]
    public void The_JSON_of_a_status_has_the_labels_and_a_reader_has_the_same_sentences()
    {
        var status = StatusOf(Member(0), Member(1, Waiting("http", MissingParameter("peer", "web-a", "ip")))).Instances[1];

        var json = JsonSerializer.Serialize(status, StatusJson.Default.InstanceStatus);
        var read = JsonSerializer.Deserialize(json, StatusJson.Default.InstanceStatus)!;

        var document = JsonNode.Parse(json)!;
        Assert.Equal("web-1", document["label"]!.GetValue<string>());
        Assert.Equal("web-0", document["services"]![0]!["waits"]![0]!["provider"]!["label"]!.GetValue<string>());
        Assert.Equal("web-1", read.Label);
        Assert.StartsWith("web-1[http].peer waits for 'ip' of web-0 (web-a)", read.Waits[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_label_as_an_older_server_answers_the_label_is_the_UUID_and_sentences_have_the_assembly()
    {
        var document = JsonSerializer.SerializeToNode(
            StatusOf(Member(1, Waiting("http", MissingParameter("db", "db", "ip")))).Instances[0], StatusJson.Default.InstanceStatus)!;
        document.AsObject().Remove("label");

        var read = document.Deserialize(StatusJson.Default.InstanceStatus)!;

        Assert.Equal("web-b", read.Label);
        Assert.StartsWith("web[http].db waits for", read.Waits[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Instances_are_in_the_order_of_their_ordinals_and_found_by_label_and_UUID()
    {
        InstanceStatus[] all = [.. StatusOf(Member(10), Member(2), Report("db") with { Label = "db" }).Instances];

        Assert.Equal(["db", "web-2", "web-10"], all.InOrder().Select(instance => instance.Label));
        Assert.Equal(["web-2"], all.Named("web-2").Select(instance => instance.Label));
        Assert.Equal(["web-10"], all.Named("web-k").Select(instance => instance.Label));
        Assert.Empty(all.Named("web"));
        Assert.Equal(2, all.Append(all[1] with { Id = InstanceId.Parse("web-z") }).ToArray().Named("web-2").Length);
    }

    /// <summary>Creates the report of a member. Its UUID ends in the letter of its ordinal.</summary>
    private static InstanceReport Member(int ordinal, params ServiceReport[] services) =>
        Report($"web-{(char)('a' + ordinal)}", services) with { Label = $"web-{ordinal}" };
}
