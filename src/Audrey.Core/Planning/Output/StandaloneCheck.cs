using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Planning.Output;

/// <summary>Checks whether the user data alone is enough to configure an instance.</summary>
internal static class StandaloneCheck
{
    /// <summary>The service name under which the guest program reports the puppet run.</summary>
    private const string PuppetService = "puppet";

    /// <summary>Returns all problems that prevent the instance from being configured without a server.</summary>
    public static ImmutableArray<PlanFinding> Find(PlannedInstance instance)
    {
        var findings = ImmutableArray.CreateBuilder<PlanFinding>();
        var classes = new HashSet<string>(StringComparer.Ordinal);
        if (!instance.Config.Services.Any(service => service.Executable is not null || !service.Classes.IsEmpty))
            findings.Add(new PlanFinding(instance.Label, "has neither a script nor a puppet class, so there is nothing to configure"));
        foreach (var service in instance.Config.Services)
        {
            var where = $"{instance.Label}[{NameRules.Show(service.Name)}]";
            foreach (var problem in service.Executable is null ? OfPuppet(service, classes) : OfScript(service))
                findings.Add(new PlanFinding(where, problem));
            foreach (var parameter in service.Parameters)
            {
                if (StandaloneYaml.ValueOf(parameter) is not null) continue;
                var need = $"needs {SourceOf(parameter)}, which only a config server can deliver; launch with a server, or give a value";
                findings.Add(new PlanFinding($"{where}.{NameRules.Show(parameter.Name)}", need));
            }
        }

        return findings.ToImmutable();
    }

    private static IEnumerable<string> OfPuppet(ServiceConfig service, HashSet<string> classes)
    {
        if (service.Classes.Length != 1 && !service.Parameters.IsEmpty)
            yield return $"has {service.Classes.Length} classes, so it is unclear which one its parameters belong to; "
                + "make one service for each class";
        foreach (var name in service.Classes)
            if (!classes.Add(name)) yield return $"has the class {NameRules.Show(name)} a second time; declare a class once";
    }

    private static IEnumerable<string> OfScript(ServiceConfig service)
    {
        if (service.Name == PuppetService)
            yield return $"is called {PuppetService}, which is the name of the guest's puppet run; use another name";
        if (service.Executable!.Contents is null)
            yield return "has its executable by URL, which a guest gets only through a server; give it inline";
        foreach (var file in service.Files)
            if (file.Contents is null || file.FileName is null)
                yield return "has a file by URL, which a guest gets only through a server; give it inline";
    }

    private static string SourceOf(ParameterConfig parameter)
    {
        var (kind, name) = parameter.Reference is { } reference
            ? (reference.Kind, reference.Name)
            : (parameter.Group!.Kind, parameter.Group.Name);
        var from = parameter.Group is null ? "another instance" : $"the instances of {NameRules.Show(parameter.Group.Assembly)}";
        return kind == ReferenceKind.ServiceEnd
            ? $"the end of service {NameRules.Show(name)} of {from}"
            : $"the value {NameRules.Show(name)} of {from}";
    }
}
