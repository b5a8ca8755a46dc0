using System.Text.Json;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class StatusJsonTests
{
    private static readonly DeployableStatus Status = StatusReports.ToStatus(
        Header(90) with { Launch = Header().Launch! with { Sealed = null }, Scaling = new("web", 3) },
        [
            Report(
                "web-1",
                Waiting(
                    "http",
                    MissingParameter("db", "db-1", "ip"),
                    MissingEnd("peers", "db-1", "mysql") with { Group = "db", Count = new(0, 1, 1) })),
            Report(
                "db-1",
                new ServiceReport
                {
                    Name = "mysql",
                    Status = CompletionStatus.Error,
                    ExitStatus = "1",
                    Started = Time,
                    Ended = Time.AddSeconds(5),
                }) with
            {
                Status = CompletionStatus.Error,
                FirstContact = Time,
                LastContact = Time,
                Completed = Time.AddSeconds(5),
                Address = "10.0.0.7",
                Generation = 2,
                PendingProvided = ["ip"],
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
                            Message = "starting",
                            MessageAt = Time,
                            Duration = TimeSpan.FromSeconds(4.5),
                            Output = "no space",
                        },
                    ],
                },
            },
        ]);

    /// <summary>Programs of conductors read the status. Fields can only be added to it.</summary>
    [Fact]
    public void A_status_has_the_fields_of_version_3() => Assert.Equal(
        """
        {"id":"shop","name":"Shop","status":"error","registered":"2026-03-01T12:00:00+00:00","asOf":"2026-03-01T13:30:00+00:00",
        "expected":2,
        "beingRegistered":true,"beingDeleted":false,"scaling":{"group":"web","size":3},"deadline":"2026-03-01T13:00:00+00:00",
        "timedOut":true,
        "causes":[],"deadlocks":[],"instances":[
        {"id":"web-1","assembly":"web","deployable":"shop","generation":0,"status":"incomplete","registered":"2026-03-01T12:00:00+00:00",
        "facts":{},"missing":[],"services":[{"name":"http","status":"incomplete","waits":[
        {"name":"db","reason":"not-given-yet",
        "detail":"waits for \u0027ip\u0027 of db (db-1), which was last heard of at 2026-03-01 12:00:00Z",
        "since":"2026-03-01T12:00:00+00:00","kind":"parameter","of":"ip","provider":{"instance":"db-1","assembly":"db",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00",
        "failed":[{"instance":"db-1","service":"mysql","exitStatus":"1"}]}},
        {"name":"peers","reason":"not-given-yet",
        "detail":"waits for the end of service \u0027mysql\u0027 of db (db-1), which was last heard of at 2026-03-01 12:00:00Z
         (0 of at least 1 are there of group \u0027db\u0027)",
        "since":"2026-03-01T12:00:00+00:00","kind":"service","of":"mysql","provider":{"instance":"db-1","assembly":"db",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00",
        "failed":[{"instance":"db-1","service":"mysql","exitStatus":"1"}]},"group":{"name":"db","given":0,"needed":1,"size":1}}]}]},
        {"id":"db-1","assembly":"db","deployable":"shop","generation":2,"status":"error","registered":"2026-03-01T12:00:00+00:00",
        "firstContact":"2026-03-01T12:00:00+00:00","lastContact":"2026-03-01T12:00:00+00:00","completed":"2026-03-01T12:00:05+00:00",
        "address":"10.0.0.7","appliedRevision":"z1","applied":"2026-03-01T12:00:00+00:00","facts":{"os":"Linux"},"missing":["ip"],
        "services":[{"name":"mysql","status":"error","started":"2026-03-01T12:00:00+00:00","ended":"2026-03-01T12:00:05+00:00",
        "exitStatus":"1","run":1,"message":"starting","messageAt":"2026-03-01T12:00:00+00:00","durationSeconds":4.5,"output":"no space",
        "waits":[]}]}]}
        """.ReplaceLineEndings(""),
        JsonSerializer.Serialize(Status with { Diagnosis = [] }, StatusJson.Default.DeployableStatus));

    [Fact]
    public void A_status_that_was_written_is_read_again()
    {
        var text = JsonSerializer.Serialize(Status, StatusJson.Default.DeployableStatus);

        Assert.Equal(
            text,
            JsonSerializer.Serialize(
                JsonSerializer.Deserialize(text, StatusJson.Default.DeployableStatus),
                StatusJson.Default.DeployableStatus));
    }
}
