using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Waiting;

/// <summary>The contribution of one instance to a condition.</summary>
internal enum Verdict
{
    /// <summary>The condition does not concern the instance.</summary>
    Unconcerned,

    /// <summary>The instance does not fulfil the condition yet.</summary>
    Pending,

    /// <summary>The instance fulfils the condition.</summary>
    Met,

    /// <summary>The instance has failed at what the condition waits for.</summary>
    Failed,
}

/// <summary>A condition of a deployable that the command <c>wait</c> waits for.</summary>
internal sealed class WaitCondition
{
    private const string ServicePrefix = "service=";
    private const string ValuePrefix = "value=";

    private readonly Func<InstanceStatus, Verdict> _judge;

    private WaitCondition(string text, Func<InstanceStatus, Verdict> judge) => (Text, _judge) = (text, judge);

    /// <summary>Gets the condition as it is written on the command line.</summary>
    public string Text { get; }

    /// <summary>Gets whether every instance must be complete, so that the status of the deployable decides.</summary>
    public bool IsComplete => Text == "complete";

    /// <summary>Gets whether one instance that has failed is enough.</summary>
    public bool IsFailed => Text == "failed";

    /// <summary>Gets whether the condition names a service or a value, which may not exist.</summary>
    public bool IsNamed => !IsComplete && !IsFailed;

    /// <summary>Gets whether the condition is about a value. Single values cause no events.</summary>
    public bool IsOfValue => Text.StartsWith(ValuePrefix, StringComparison.Ordinal);

    /// <summary>Returns the condition, or null if the text is not one.</summary>
    public static WaitCondition? Parse(string text) => text switch
    {
        "complete" => new(text, instance => instance.Status switch
        {
            CompletionStatus.Success => Verdict.Met,
            CompletionStatus.Error => Verdict.Failed,
            _ => Verdict.Pending,
        }),
        "failed" => new(text, instance => instance.Status switch
        {
            CompletionStatus.Success => Verdict.Unconcerned,
            CompletionStatus.Error => Verdict.Met,
            _ => Verdict.Pending,
        }),
        _ when NameIn(text, ServicePrefix) is { } service => new(text, instance => OfService(instance, service)),
        _ when NameIn(text, ValuePrefix) is { } value => new(text, instance => OfValue(instance, value)),
        _ => null,
    };

    /// <summary>Returns what an instance contributes.</summary>
    public Verdict Judge(InstanceStatus instance) => _judge(instance);

    /// <summary>Returns the sentence for a condition that concerns no instance. Names the nearest service or value.</summary>
    public string Unknown(DeployableId deployable, IReadOnlyCollection<InstanceStatus> instances)
    {
        var prefix = IsOfValue ? ValuePrefix : ServicePrefix;
        var known = instances.SelectMany(instance => IsOfValue
            ? ValuesOf(instance).SelectMany(value => FormsOfValue(instance, value))
            : instance.Services.SelectMany(service => FormsOfService(instance, service)));
        var remedy = NearestName.Find(Text[prefix.Length..], known.Distinct(StringComparer.Ordinal)) is { } nearest
            ? $"did you mean {prefix}{nearest}?"
            : $"see: audrey report {deployable}";
        return $"No instance of {deployable} has a {prefix.TrimEnd('=')} {Text[prefix.Length..]}; {remedy}";
    }

    private static Verdict OfService(InstanceStatus instance, string name)
    {
        ServiceStatus[] services = [.. instance.Services.Where(service => FormsOfService(instance, service).Contains(name))];
        if (services.Length == 0) return Verdict.Unconcerned;
        if (services.Any(service => service.Status == CompletionStatus.Error)) return Verdict.Failed;
        return services.All(service => service.Status == CompletionStatus.Success) ? Verdict.Met : Verdict.Pending;
    }

    private static Verdict OfValue(InstanceStatus instance, string name)
    {
        if (Has(instance.NotYetProvided)) return Verdict.Pending;
        return Has(instance.Given) ? Verdict.Met : Verdict.Unconcerned;

        bool Has(IEnumerable<string> values) => values.Any(value => FormsOfValue(instance, value).Contains(name));
    }

    private static IEnumerable<string> ValuesOf(InstanceStatus instance) => instance.Given.Concat(instance.NotYetProvided);

    /// <summary>
    /// Returns the ways to name a service: for all instances that have it, for those of one assembly, or for the instance with a label.
    /// </summary>
    private static string[] FormsOfService(InstanceStatus instance, ServiceStatus service) =>
        [service.Name, $"{instance.Assembly}[{service.Name}]", $"{instance.Label}[{service.Name}]"];

    /// <summary>
    /// Returns the ways to name a value: for all instances that provide it, for those of one assembly, or for the instance with a label.
    /// </summary>
    private static string[] FormsOfValue(InstanceStatus instance, string value) =>
        [value, $"{instance.Assembly}.{value}", $"{instance.Label}.{value}"];

    private static string? NameIn(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length ? text[prefix.Length..] : null;
}
