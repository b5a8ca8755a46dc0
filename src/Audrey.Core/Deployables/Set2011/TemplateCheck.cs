using Audrey.Core.Deployables.Oz;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>
/// Checks an assembly in the format of 2011 against its template: every parameter that the template requires needs a value or a reference.
/// </summary>
internal static class TemplateCheck
{
    /// <summary>Reports a missing value as an error. Reports a name that the template does not declare as a warning.</summary>
    public static void Check(AssemblyFile assembly, TemplateFile template)
    {
        // Two services with the same name were already reported. The first service is used.
        var services = new Dictionary<string, ServiceDocument>(StringComparer.Ordinal);
        foreach (var service in assembly.Services) services.TryAdd(service.Name, service);
        var known = new Dictionary<string, TemplateService>(StringComparer.Ordinal);
        foreach (var service in template.Services) known.TryAdd(service.Name, service);

        foreach (var service in known.Values)
        {
            services.TryGetValue(service.Name, out var own);
            var given = own is null ? [] : own.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var parameter in service.Parameters)
            {
                if (!parameter.Required || given.Contains(parameter.Name)) continue;
                var location = own is null ? assembly.Location : assembly.ServiceLocations[own.Name];
                var lacks = own is null
                    ? $"assembly {Show(assembly.Name)} has no service of that name"
                    : $"assembly {Show(assembly.Name)} gives it neither a value nor a reference";
                location.Report(
                    $"template {Show(template.Name)} requires parameter {Show(parameter.Name)} of service {Show(service.Name)}, but "
                    + $"{lacks}");
            }
        }

        foreach (var service in services.Values) WarnOfUnknown(assembly, template, service, known);
    }

    private static void WarnOfUnknown(
        AssemblyFile assembly, TemplateFile template, ServiceDocument service, Dictionary<string, TemplateService> known)
    {
        if (service.Name.Length == 0) return;
        if (!known.TryGetValue(service.Name, out var prepared))
        {
            assembly.ServiceLocations[service.Name].Warn(
                $"service {Show(service.Name)} is not in template {Show(template.Name)}{Remedy(service.Name, known.Keys)}");
            return;
        }

        var declared = prepared.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in service.Parameters)
        {
            if (parameter.Name.Length == 0 || declared.Contains(parameter.Name)) continue;
            assembly.ParameterLocations[(service.Name, parameter.Name)].Warn(
                $"parameter {Show(parameter.Name)} of service {Show(service.Name)} is not in template "
                + $"{Show(template.Name)}{Remedy(parameter.Name, declared)}");
        }
    }

    private static string Remedy(string name, IReadOnlyCollection<string> names) =>
        NearestName.Find(name, names) is { } nearest ? $"; did you mean {Show(nearest)}?" : "";

    private static string Show(string name) => NameRules.Show(name);
}
