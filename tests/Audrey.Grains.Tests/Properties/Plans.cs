using System.Text;
using Audrey.Core.Documents;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Properties;

/// <summary>The content of one registration. Instances are given by their names.</summary>
internal sealed record Plan(string[] Provides, ServicePlan[] Services)
{
    public override string ToString() =>
        $"provides {string.Join(',', Provides)}; {string.Join("; ", Services.Select(service => service.ToString()))}";

    public InstanceConfig Config(Deployment d, string name) =>
        d.Config(name, Provides,
            [.. Services.Select(service => Deployment.Service(service.Name, [.. service.Parameters.Select(p => Parameter(d, p))]))]);

    private static ParameterConfig Parameter(Deployment d, ParameterPlan parameter) =>
        WithoutDefault(d, parameter) with { Default = parameter.Default is { } text ? Encoding.UTF8.GetBytes(text) : null };

    private static ParameterConfig WithoutDefault(Deployment d, ParameterPlan parameter) =>
        parameter.Group is { } group
            ? d.Of(parameter.Name, group.Members, parameter.Source, parameter.OfService, group.First, group.AtLeast)
        : parameter.Provider is not { } provider ? d.Given(parameter.Name, parameter.Source)
        : parameter.OfService ? d.After(parameter.Name, provider, parameter.Source)
        : d.From(parameter.Name, provider, parameter.Source);
}

internal sealed record ServicePlan(string Name, ParameterPlan[] Parameters)
{
    public override string ToString() => $"{Name}({string.Join(' ', Parameters.Select(parameter => parameter.ToString()))})";
}

/// <param name="Name">The name of the parameter.</param>
/// <param name="Provider">The provider of the value. Null if <paramref name="Source"/> is the value.</param>
/// <param name="Source">The name of the parameter or service of the provider.</param>
/// <param name="OfService">Whether the value is the exit status of a service.</param>
internal sealed record ParameterPlan(string Name, string? Provider, string Source, bool OfService)
{
    /// <summary>The group that provides the value. Null if no group provides it.</summary>
    public GroupPlan? Group { get; init; }

    /// <summary>The default value. Null if there is none.</summary>
    public string? Default { get; init; }

    public bool IsGiven => Provider is null && Group is null;

    public override string ToString() => IsGiven
        ? $"{Name}={Source}"
        : $"{Name}<-{Provider}{Group}{(OfService ? $"[{Source}]" : "." + Source)}{(Default is null ? "" : "?" + Default)}";
}

internal sealed record GroupPlan(string[] Members, int? First, int? AtLeast)
{
    public override string ToString() =>
        $"{{{string.Join(',', Members)}}}{(First is null ? "" : $" first {First}")}{(AtLeast is null ? "" : $" at least {AtLeast}")}";
}

/// <summary>One step of a play.</summary>
internal abstract record Step
{
    public sealed record Register(string Name, Plan Plan) : Step
    {
        public override string ToString() => $"register {Name}: {Plan}";
    }

    public sealed record RegisterAgain(string Name) : Step
    {
        public override string ToString() => $"repeat the last registration of {Name}";
    }

    public sealed record Replace(string Name) : Step
    {
        public override string ToString() => $"replace {Name}";
    }

    public sealed record Put(string Name, (string Name, string Value)[] Values, (string Service, string Status)[] Ends, string Address,
        FailurePoint? FailurePoint) : Step
    {
        public override string ToString() =>
            $"{Name} puts "
            + string.Join(' ', Values.Select(v => $"{v.Name}={v.Value}").Concat(Ends.Select(e => $"[{e.Service}]={e.Status}")))
            + $" from {Address}{(FailurePoint is null ? "" : $", {FailurePoint} fails first")}";
    }

    public sealed record PutAgain(string Name, int Which) : Step
    {
        public override string ToString() => $"repeat PUT {Which} of {Name}";
    }

    public sealed record Poll(string Name, string? Service, int Version, string Address) : Step
    {
        public override string ToString() => $"{Name} polls {Service ?? "all"} in version {Version} from {Address}";
    }

    public sealed record Restart(string Name) : Step
    {
        public override string ToString() => $"{Name} and its dependents set restart";
    }

    public sealed record RestartDeployable : Step
    {
        public override string ToString() => "the deployable restarts";
    }

    public sealed record Delete : Step
    {
        public override string ToString() => "delete the deployable";
    }

    public sealed record DeleteAgain : Step
    {
        public override string ToString() => "repeat the last deletion";
    }

    /// <summary>Steps of different instances that run concurrently.</summary>
    public sealed record AtOnce(Step[] Steps) : Step
    {
        public override string ToString() => "at once { " + string.Join(" | ", Steps.Select(step => step.ToString())) + " }";
    }
}

/// <summary>Generates plays from a seed.</summary>
internal sealed class Draw(int seed)
{
    private static readonly string[] Parameters = ["p0", "p1", "ipaddress"];
    private static readonly string[] Services = ["s0", "s1"];
    private readonly Random _random = new(seed);
    private string[] _names = [];

    public List<Step> Play()
    {
        _names = [.. Enumerable.Range(0, _random.Next(2, 6)).Select(i => $"i{i}")];
        var steps = new List<Step>();
        foreach (var name in _names.OrderBy(_ => _random.Next())) if (_random.Next(5) > 0) steps.Add(Registration(name));
        for (var i = _random.Next(20, 60); i > 0; i--) steps.Add(Any());
        return steps;
    }

    private Step Any() => _random.Next(32) switch
    {
        < 4 => Registration(Name()),
        4 => new Step.Replace(Name()),
        5 => new Step.RegisterAgain(Name()),
        < 15 => Put(Name()),
        < 17 => new Step.PutAgain(Name(), _random.Next(4)),
        < 23 => Poll(Name()),
        < 26 => new Step.Restart(Name()),
        26 => new Step.RestartDeployable(),
        27 => _random.Next(3) == 0 ? new Step.Delete() : new Step.DeleteAgain(),
        _ => new Step.AtOnce([.. _names.Where(_ => _random.Next(3) > 0).Select<string, Step>(name => _random.Next(4) switch
        {
            0 => Registration(name),
            1 => Poll(name),
            _ => Put(name),
        })]),
    };

    private string Name() => Of(_names);

    private T Of<T>(T[] from) => from[_random.Next(from.Length)];

    private string Value() => $"v{_random.Next(1000)}";

    private string Address() => $"192.0.2.{_random.Next(3)}";

    private Step.Register Registration(string name) => new(name, new(
        [.. Parameters.Where(_ => _random.Next(3) > 0)],
        [.. Services.Where(_ => _random.Next(4) > 0).Select(service =>
            new ServicePlan(service, [.. Enumerable.Range(0, _random.Next(4)).Select(Parameter)]))]));

    private ParameterPlan Parameter(int i)
    {
        var plan = _random.Next(4) == 0 ? OfGroup(i) : Single(i);
        return !plan.IsGiven && _random.Next(5) == 0 ? plan with { Default = Value() } : plan;
    }

    private ParameterPlan OfGroup(int i)
    {
        var members = _names.Append("nobody").Where(_ => _random.Next(3) > 0).OrderBy(_ => _random.Next()).ToArray();
        int? first = _random.Next(2) == 0 ? _random.Next(1, 4) : null;
        int? atLeast = _random.Next(3) > 0 ? _random.Next(0, 1 + (first ?? 2)) : null;
        var ofService = _random.Next(3) == 0;
        return new($"a{i}", null, Of(ofService ? Services : Parameters), ofService) { Group = new(members, first, atLeast) };
    }

    private ParameterPlan Single(int i) => _random.Next(8) switch
    {
        0 => new($"a{i}", null, Value(), false),
        1 => new($"a{i}", _random.Next(4) == 0 ? "nobody" : Name(), _random.Next(4) == 0 ? "undeclared" : Of(Services), true),
        2 => new($"a{i}", Name(), Of(Services), true),
        _ => new($"a{i}", Name(), _random.Next(10) == 0 ? "undeclared" : Of(Parameters), false),
    };

    private Step.Put Put(string name) => new(
        name,
        [.. Parameters.Append("undeclared").Where(_ => _random.Next(2) == 0).Select(parameter => (parameter, Value()))],
        [.. Services.Where(_ => _random.Next(3) == 0).Select(service => (service, $"{_random.Next(2)}"))],
        Address(),
        _random.Next(6) switch { 0 => FailurePoint.BeforeWrite, 1 => FailurePoint.AfterWrite, _ => null });

    private Step.Poll Poll(string name) => new(name, _random.Next(3) == 0 ? Of(Services) : null, _random.Next(5) == 0 ? 0 : 2, Address());
}
