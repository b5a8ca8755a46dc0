using System.Text.Json;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class StatusJsonTests
{
    private static readonly DeployableHeader Unfinished =
        Header(90) with { Launch = Header().Launch! with { Sealed = null }, Scaling = new("web", 3) };

    private static readonly DeployableStatus Status = StatusReports.ToStatus(
        Unfinished,
        [
            Report(
                "web-1",
                Waiting(
                    "http",
                    MissingParameter("db", "db-1", "ip"),
                    MissingEnd("peers", "db-1", "mysql") with { Group = "db", Count = new(0, 1, 1) },
                    MissingParameter("all", "any", "ip", WaitReason.GroupTooSmall) with { Group = "db", Count = new(1, 2, 1) })) with
            {
                Stays = true,
            },
            Report(
                "db-1",
                new ServiceReport
                {
                    Name = "mysql",
                    Status = CompletionStatus.Error,
                    ExitStatus = "1",
                    Started = Time,
                    Ended = Time.AddSeconds(5),
                    WrongValues =
                    [
                        new(
                            "size",
                            new(InstanceId.Parse("web-1"), ReferenceKind.ProvidedParameter, "size"),
                            "the value is not a whole number of 64 bits"),
                    ],
                }) with
            {
                FirstContact = Time,
                LastContact = Time,
                Completed = Time.AddSeconds(5),
                Address = "10.0.0.7",
                Generation = 2,
                WrongSecrets = new(3, Time),
                PendingProvided = ["ip"],
                Given = ["port"],
                OutOfDateSince = Time.AddMinutes(1),
                Progress = new()
                {
                    Applied = "z1",
                    AppliedAt = Time,
                    Facts = [new("os", "Linux")],
                    Runs =
                    [
                        new()
                        {
                            Service = "mysql",
                            Run = 1,
                            HasEnded = true,
                            Started = Time,
                            Ended = Time.AddSeconds(5),
                            ExitStatus = 1,
                            Message = "starting",
                            MessageAt = Time,
                            Duration = TimeSpan.FromSeconds(4.5),
                            Output = "no space",
                        },
                    ],
                },
            },
        ]);

    /// <summary>Programs of conductors read the status. Therefore fields can be added to it, but not removed from it.</summary>
    [Fact]
    public void A_status_has_the_fields_of_version_3() => Assert.Equal(
        """
        {"id":"shop","name":"Shop","status":"error","registered":"2026-03-01T12:00:00+00:00","asOf":"2026-03-01T13:30:00+00:00",
        "expected":2,
        "beingRegistered":true,"beingDeleted":false,"scaling":{"group":"web","size":3},"deadline":"2026-03-01T13:00:00+00:00",
        "timedOut":true,
        "causes":[],"outOfDate":[],"silent":[],"deadlocks":[],"instances":[
        {"id":"web-1","label":"web-1","assembly":"web","deployable":"shop","generation":0,"status":"incomplete",
        "obstacles":[{"kind":"never-heard-from"},{"kind":"service-not-ended","name":"http"}],"registered":"2026-03-01T12:00:00+00:00",
        "deadline":"2026-03-01T13:00:00+00:00","stays":true,
        "facts":{},"missing":[],"given":[],"services":[{"name":"http","status":"incomplete","wrongValues":[],"waits":[
        {"name":"db","reason":"not-given-yet",
        "detail":"waits for \u0027ip\u0027 of db (db-1), which was last heard from at 2026-03-01 12:00:00Z",
        "since":"2026-03-01T12:00:00+00:00","kind":"parameter","of":"ip","provider":{"instance":"db-1","label":"db-1","assembly":"db",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00",
        "failed":[{"instance":"db-1","service":"mysql","exitStatus":"1"}]}},
        {"name":"peers","reason":"not-given-yet",
        "detail":"waits for the end of service \u0027mysql\u0027 of db (db-1), which was last heard from at 2026-03-01 12:00:00Z
         (0 of at least 1 values of group \u0027db\u0027 are available)",
        "since":"2026-03-01T12:00:00+00:00","kind":"service","of":"mysql","provider":{"instance":"db-1","label":"db-1","assembly":"db",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00",
        "failed":[{"instance":"db-1","service":"mysql","exitStatus":"1"}]},"group":{"name":"db","given":0,"needed":1,"size":1}},
        {"name":"all","reason":"group-too-small",
        "detail":"waits for \u0027ip\u0027 of at least 2 members of group \u0027db\u0027, which has 1; the value can arrive only after the
         group has grown",
        "since":"2026-03-01T12:00:00+00:00","kind":"parameter","of":"ip","provider":{"instance":"none","assembly":"db"},
        "group":{"name":"db","given":1,"needed":2,"size":1}}]}]},
        {"id":"db-1","label":"db-1","assembly":"db","deployable":"shop","generation":2,"status":"error",
        "obstacles":[{"kind":"value-not-given","name":"ip"},{"kind":"service-failed","name":"mysql"}],
        "registered":"2026-03-01T12:00:00+00:00",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00",
        "deadline":"2026-03-01T13:00:00+00:00","address":"10.0.0.7","appliedRevision":"z1","applied":"2026-03-01T12:00:00+00:00",
        "stays":false,"outOfDateSince":"2026-03-01T12:01:00+00:00","wrongSecrets":{"count":3,"since":"2026-03-01T12:00:00+00:00"},
        "facts":{"os":"Linux"},"missing":["ip"],"given":["port"],
        "services":[{"name":"mysql","status":"error","started":"2026-03-01T12:00:00+00:00","ended":"2026-03-01T12:00:05+00:00",
        "exitStatus":"1","run":1,"message":"starting","messageAt":"2026-03-01T12:00:00+00:00","durationSeconds":4.5,"output":"no space",
        "runs":[{"run":1,"started":"2026-03-01T12:00:00+00:00","ended":"2026-03-01T12:00:05+00:00","exitStatus":"1","durationSeconds":4.5,
        "output":"no space"}],
        "wrongValues":["\u0027size\u0027 from \u0027size\u0027 of web (web-1): the value is not a whole number of 64 bits"],
        "waits":[]}]}]}
        """.ReplaceLineEndings(""),
        JsonSerializer.Serialize(Status with { Diagnosis = [], OutOfDate = [] }, StatusJson.Default.DeployableStatus));

    [Fact]
    public void A_written_status_can_be_read_back()
    {
        var text = JsonSerializer.Serialize(Status, StatusJson.Default.DeployableStatus);

        Assert.Equal(
            text,
            JsonSerializer.Serialize(
                JsonSerializer.Deserialize(text, StatusJson.Default.DeployableStatus),
                StatusJson.Default.DeployableStatus));
    }

    [Fact]
    public void A_status_that_is_computed_from_pages_equals_the_whole_status()
    {
        var pages = Status.Instances.Select(instance =>
            JsonSerializer.Serialize(new InstancesPage { Instances = [instance] }, StatusJson.Default.InstancesPage));
        var read = pages.SelectMany(page => JsonSerializer.Deserialize(page, StatusJson.Default.InstancesPage)!.Instances).ToList();
        var summary = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(Unfinished.ToSummary(), StatusJson.Default.DeployableSummary), StatusJson.Default.DeployableSummary)!;

        var status = summary.ToStatus(read);

        Assert.Equal(
            JsonSerializer.Serialize(Status, StatusJson.Default.DeployableStatus),
            JsonSerializer.Serialize(status, StatusJson.Default.DeployableStatus));
        Assert.Equal(Status.Waits.Select(wait => wait.ToString()), status.Waits.Select(wait => wait.ToString()));
        Assert.Equal(Status.Diagnosis, status.Diagnosis.AsEnumerable());
    }

    [Fact]
    public void A_missing_value_that_is_read_from_JSON_has_the_same_sentence()
    {
        var text = JsonSerializer.Serialize(Status.Instances[0], StatusJson.Default.InstanceStatus);

        var waits = JsonSerializer.Deserialize(text, StatusJson.Default.InstanceStatus)!.Waits;

        // The address of the provider is not part of the JSON.
        Assert.Equal(
            Status.Instances[0].Waits.Select(wait => wait.ToString().Replace(" from 10.0.0.7", "", StringComparison.Ordinal)),
            waits.Select(wait => wait.ToString()));
    }
}
