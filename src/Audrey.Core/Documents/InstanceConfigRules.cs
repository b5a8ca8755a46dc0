using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>
/// What an instance config must satisfy in whatever way it was made. A document is held to the same by
/// <see cref="InstanceConfigXml.Parse"/>; this serves those that never were a document.
/// </summary>
public static class InstanceConfigRules
{
    private const int MaxProblems = 100;

    /// <summary>Everything that is wrong, a sentence each and at most 100; empty when nothing is. Never holds a value or a secret.</summary>
    public static ImmutableArray<string> Problems(InstanceConfig config, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(limits);
        return [.. OfConfig(config, limits).Take(MaxProblems)];
    }

    private static IEnumerable<string> OfConfig(InstanceConfig config, DocumentLimits limits)
    {
        if (config.Id.Value is null) yield return "the instance's UUID is missing";
        if (config.Deployable.Value is null) yield return "the deployable's id is missing";
        if (string.IsNullOrEmpty(config.Secret)) yield return "the secret is empty; the guest signs with it";
        else if (config.Secret.Length > limits.MaxValueBytes)
            yield return $"the secret is too long; at most {limits.MaxValueBytes} characters are allowed";
        if (NameRules.Title(config.Name, limits) is { } title) yield return $"the instance's name {title}";
        if (NameRules.Title(config.DeployableName, limits) is { } deployable) yield return $"the deployable's name {deployable}";
        if (config.Template is not null && NameRules.Title(config.Template, limits) is { } template) yield return $"the template's name {template}";
        if (config.Type?.Length > limits.MaxNameLength) yield return $"the type is longer than {limits.MaxNameLength} characters";
        foreach (var problem in OfNames(config.ProvidedParameters, "provided parameter", limits.MaxProvidedParameters, Parameter))
            yield return problem;
        foreach (var name in config.SecretParameters.Except(config.ProvidedParameters).Take(MaxProblems))
            yield return $"{NameRules.Show(name)} is marked secret and is no provided parameter of the instance";
        if (config.Ordinal < 0) yield return $"the place in its group is {config.Ordinal}; places are counted from 0";
        foreach (var problem in OfNames(config.Services.Select(service => service.Name), "service", limits.MaxServices, Service))
            yield return problem;
        foreach (var service in config.Services)
        {
            foreach (var problem in OfService(service, limits)) yield return $"service {NameRules.Show(service.Name)}: {problem}";
        }

        string? Parameter(string text) => NameRules.Parameter(text, limits);
        string? Service(string text) => NameRules.Service(text, limits);
    }

    private static IEnumerable<string> OfService(ServiceConfig service, DocumentLimits limits)
    {
        var names = service.Parameters.Select(parameter => parameter.Name);
        foreach (var problem in OfNames(names, "parameter", limits.MaxParametersPerService, text => NameRules.Parameter(text, limits)))
            yield return problem;
        foreach (var parameter in service.Parameters)
        {
            if (ParameterRules.Problem(parameter, limits) is { } problem) yield return $"parameter {NameRules.Show(parameter.Name)} {problem}";
        }

        if (service.Classes.Length > limits.MaxParametersPerService) yield return $"more than {limits.MaxParametersPerService} classes";
        foreach (var name in service.Classes)
        {
            if (NameRules.Title(name, limits) is { } problem) yield return $"the name of a class {problem}";
        }

        if (service.Executable is not null && OfSource(service.Executable, limits) is { } wrong) yield return $"the executable {wrong}";
        foreach (var problem in OfFiles(service, limits)) yield return problem;
    }

    private static IEnumerable<string> OfFiles(ServiceConfig service, DocumentLimits limits)
    {
        if (service.Files.Length > limits.MaxFilesPerService) yield return $"more than {limits.MaxFilesPerService} files";
        if (service.Executable is null && !service.Files.IsEmpty) yield return "it has files and no executable";
        var names = new HashSet<string>(StringComparer.Ordinal) { SourceRules.ExecutableName };
        foreach (var file in service.Files)
        {
            if (OfSource(file, limits) is { } wrong) yield return $"a file {wrong}";
            else if (!SourceRules.TryGetFileName(file, limits, out var name, out var problem)) yield return $"the name of a file {problem}";
            else if (!names.Add(name))
                yield return $"a second file {NameRules.Show(name)}; names must be unique, and {SourceRules.ExecutableName} is the executable's";
        }
    }

    private static string? OfSource(SourceFile source, DocumentLimits limits)
    {
        if (source.Url is null == source.Contents is null) return "needs exactly one of a URL and contents";
        if (source.Url is not null) return SourceRules.TryParseUrl(source.Url, out _, out var problem) ? null : $"has a URL that {problem}";
        var bytes = Encoding.UTF8.GetByteCount(source.Contents!);
        return bytes > limits.MaxFileBytes ? $"is {bytes} bytes long; at most {limits.MaxFileBytes} are allowed" : null;
    }

    private static IEnumerable<string> OfNames(IEnumerable<string> names, string what, int most, Func<string, string?> rule)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (rule(name) is { } problem) yield return $"the name of a {what} {problem}";
            else if (!seen.Add(name)) yield return $"a second {what} {NameRules.Show(name)}; names must be unique";
            if (seen.Count <= most) continue;
            yield return $"more than {most} {what}s";
            yield break;
        }
    }
}
