using Audrey.Core.Deployables;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Planning;

/// <summary>The values given at launch, by parameter.</summary>
internal sealed class LaunchValues
{
    private readonly Dictionary<ParameterAddress, LaunchValue> _values = [];

    /// <summary>Collects the values. Reports a value for an unknown parameter, and a second value for the same parameter.</summary>
    public LaunchValues(DeployableDocument document, LaunchOptions options, PlanFindings findings)
    {
        var parameters = new HashSet<ParameterAddress>(Parameters(document));
        foreach (var given in options.Given)
        {
            var where = given.Address.ToString();
            if (!parameters.Contains(given.Address))
                findings.Add(
                    Show(where), "a value is given for a parameter that is not in the deployable" + Remedy(given.Address, document));
            else if (!_values.TryAdd(given.Address, given)) findings.Add(Show(where), "two values are given for it; give only one");
        }
    }

    public LaunchValue? Of(ParameterAddress address) => _values.GetValueOrDefault(address);

    private static IEnumerable<ParameterAddress> Parameters(DeployableDocument document) =>
        from assembly in document.Assemblies
        from service in assembly.Services
        from parameter in service.Parameters
        select new ParameterAddress(assembly.Name, service.Name, parameter.Name);

    private static string Remedy(ParameterAddress address, DeployableDocument document)
    {
        var assembly = document.Assemblies.FirstOrDefault(a => a.Name == address.Assembly);
        if (assembly is null) return Nearest("assembly", address.Assembly, document.Assemblies.Select(a => a.Name));
        var service = assembly.Services.FirstOrDefault(s => s.Name == address.Service);
        if (service is null) return Nearest($"service of {Show(assembly.Name)}", address.Service, assembly.Services.Select(s => s.Name));
        return Nearest(
            $"parameter of {Show(assembly.Name)}[{Show(service.Name)}]", address.Parameter, service.Parameters.Select(p => p.Name));
    }

    private static string Nearest(string what, string name, IEnumerable<string> names) =>
        NearestName.Find(name, names) is { } nearest
            ? $": no {what} is called {Show(name)}; did you mean {Show(nearest)}?"
            : $": no {what} is called {Show(name)}";

    private static string Show(string name) => NameRules.Show(name);
}
