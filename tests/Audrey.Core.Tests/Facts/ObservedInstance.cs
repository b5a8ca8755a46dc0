using Audrey.Core.Documents;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Facts;

/// <summary>A registered instance that agents report facts about.</summary>
internal sealed class ObservedInstance
{
    public const string Guest = "audrey:guest:db";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly InstanceMachine _machine;

    public ObservedInstance(Func<InstanceConfig, InstanceConfig>? change = null)
    {
        var config = new InstanceConfig
        {
            Id = InstanceId.Parse("db"),
            Name = "db",
            Secret = "s",
            Deployable = DeployableId.Parse("d"),
            DeployableName = "d",
            ProvidedParameters = ["p"],
            ProvidedFacts = [new("p", new FactName("Class", "fact"))],
        };
        var definition = new InstanceDefinition().Register(
            change?.Invoke(config) ?? config, ConductorKey.Parse("c"), 1, 0, 0, null, Start);
        _machine = new InstanceMachine(config.Id, definition, new());
    }

    public RegisteredInstance Served => _machine.Registered!;

    public InstanceReported Row => Served.Reported;

    public DateTimeOffset Now { get; set; } = Start;

    public string? Value => Row.ValueOf("p") is { } value ? System.Text.Encoding.UTF8.GetString(value) : null;

    public FactAnswer Report(FactReport report, int maxValueBytes = 64 * 1024)
    {
        var step = _machine.ObserveFacts(Served, report, maxValueBytes, Now);
        _machine.Commit(step.Ready, Now);
        return step.Answer;
    }

    public FactAnswer Report(string json) => Report(Of(new ReportedFact("fact", json)));

    /// <summary>Makes a report with the current time, one second after the one before.</summary>
    public FactReport Of(params ReportedFact[] facts) =>
        new() { Agent = Guest, Class = "Class", At = Now = Now.AddSeconds(1), Facts = [.. facts] };
}
