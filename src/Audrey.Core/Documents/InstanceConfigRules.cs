using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>
/// The rules that an instance config must satisfy. <see cref="InstanceConfigXml.Parse"/> applies the same rules to a document. This class
/// applies them to configs that were not parsed from a document.
/// </summary>
public static class InstanceConfigRules
{
    private const int MaxProblems = 100;

    /// <summary>Returns the errors as sentences, at most 100. The sentences never contain a value or a secret.</summary>
    public static ImmutableArray<string> Problems(InstanceConfig config, DocumentLimits limits) =>
        [.. Find(config, limits).Select(problem => problem.Message)];

    /// <summary>Returns the same errors as <see cref="Problems"/>, each with its location.</summary>
    public static ImmutableArray<ConfigFinding> Find(InstanceConfig config, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(limits);
        return [.. OfConfig(config, limits).Take(MaxProblems)];
    }

    /// <summary>Returns the error in the name of a deployable, as a part of a sentence, or null if there is none.</summary>
    public static string? FindInDeployableName(string name, DocumentLimits limits) => NameRules.Title(name, limits);

    private static IEnumerable<ConfigFinding> OfConfig(InstanceConfig config, DocumentLimits limits)
    {
        if (GroupReferences.ProblemOf(GroupReferences.CountOf(config), limits) is { } tooMany)
        {
            yield return new("services", tooMany);
            yield break;
        }

        if (config.Id.Value is null) yield return new("id", "the instance's UUID is missing");
        if (config.Deployable.Value is null) yield return new("deployable", "the deployable's id is missing");
        if (config.IsPrototype && (config.Ordinal is not null || config.Secret.Length > 0))
            yield return new("prototype", "a prototype has neither a secret nor an ordinal");
        else if (!config.IsPrototype && string.IsNullOrEmpty(config.Secret))
            yield return new("secret", "the secret is empty; the guest signs with it");
        else if (config.Secret.Length > limits.MaxValueBytes)
            yield return new("secret", $"the secret is too long; at most {limits.MaxValueBytes} characters are allowed");
        if (NameRules.Title(config.Name, limits) is { } title) yield return new("name", $"the instance's name {title}");
        if (NameRules.Title(config.DeployableName, limits) is { } deployable)
            yield return new("deployableName", $"the deployable's name {deployable}");
        if (config.Template is not null && NameRules.Title(config.Template, limits) is { } template)
            yield return new("template", $"the template's name {template}");
        if (config.Type?.Length > limits.MaxNameLength)
            yield return new("type", $"the type is longer than {limits.MaxNameLength} characters");
        foreach (var problem in OfNames(
            config.ProvidedParameters, "providedParameters", "provided parameter", limits.MaxProvidedParameters, Parameter))
            yield return problem;
        foreach (var name in config.SecretParameters.Except(config.ProvidedParameters).Take(MaxProblems))
            yield return new(
                "secretParameters", $"{NameRules.Show(name)} is marked secret but is not a provided parameter of the instance");
        foreach (var problem in OfFacts(config, limits)) yield return problem;
        if (config.Ordinal < 0) yield return new("ordinal", $"the ordinal is {config.Ordinal}; ordinals begin at 0");
        foreach (var problem in OfNames(
            config.Services.Select(service => service.Name), "services", "service", limits.MaxServices, Service))
            yield return problem;
        for (var i = 0; i < config.Services.Length; i++)
        {
            var service = config.Services[i];
            foreach (var problem in OfService(service, limits))
                yield return new(
                    $"services/{i}{(problem.Path.Length > 0 ? "/" : "")}{problem.Path}",
                    $"service {NameRules.Show(service.Name)}: {problem.Message}");
        }

        if (SourceRules.ProblemOfAll(config.Services.Select(service => (service.Executable, service.Files)), limits) is { } size)
            yield return new("services", size);

        string? Parameter(string text) => NameRules.Parameter(text, limits);
        string? Service(string text) => NameRules.Service(text, limits);
    }

    private static IEnumerable<ConfigFinding> OfFacts(InstanceConfig config, DocumentLimits limits)
    {
        if (config.ProvidedFacts.IsDefaultOrEmpty) yield break;
        var parameters = new HashSet<string>(config.ProvidedParameters, StringComparer.Ordinal);
        for (var i = 0; i < config.ProvidedFacts.Length; i++)
        {
            var (parameter, fact) = config.ProvidedFacts[i];
            if (fact.Problem(limits) is { } problem)
                yield return new($"providedFacts/{i}", $"the fact of provided parameter {NameRules.Show(parameter)} {problem}");
            if (!parameters.Remove(parameter))
                yield return new(
                    $"providedFacts/{i}",
                    $"{NameRules.Show(parameter)} names a fact, but is not a provided parameter of the instance, or names two");
        }
    }

    private static IEnumerable<ConfigFinding> OfService(ServiceConfig service, DocumentLimits limits)
    {
        var names = service.Parameters.Select(parameter => parameter.Name);
        foreach (var problem in OfNames(
            names, "parameters", "parameter", limits.MaxParametersPerService, text => NameRules.Parameter(text, limits)))
            yield return problem;
        for (var i = 0; i < service.Parameters.Length; i++)
        {
            var parameter = service.Parameters[i];
            if (ParameterRules.Problem(parameter, limits) is { } problem)
                yield return new($"parameters/{i}", $"parameter {NameRules.Show(parameter.Name)} {problem}");
        }

        if (service.Classes.Length > limits.MaxParametersPerService)
            yield return new("classes", $"more than {limits.MaxParametersPerService} classes");
        for (var i = 0; i < service.Classes.Length; i++)
        {
            if (NameRules.Title(service.Classes[i], limits) is { } problem)
                yield return new($"classes/{i}", $"the name of a class {problem}");
        }

        if (service.Executable is not null && OfSource(service.Executable, limits) is { } wrong)
            yield return new("executable", $"the executable {wrong}");
        foreach (var problem in OfFiles(service, limits)) yield return problem;
    }

    private static IEnumerable<ConfigFinding> OfFiles(ServiceConfig service, DocumentLimits limits)
    {
        if (service.Files.Length > limits.MaxFilesPerService) yield return new("files", $"more than {limits.MaxFilesPerService} files");
        if (service.Executable is null && !service.Files.IsEmpty) yield return new("", "it has files but no executable");
        var names = new HashSet<string>(StringComparer.Ordinal) { SourceRules.ExecutableName };
        for (var i = 0; i < service.Files.Length; i++)
        {
            var file = service.Files[i];
            if (OfSource(file, limits) is { } wrong) yield return new($"files/{i}", $"a file {wrong}");
            else if (!SourceRules.TryGetFileName(file, limits, out var name, out var problem))
                yield return new($"files/{i}", $"the name of a file {problem}");
            else if (!names.Add(name))
                yield return new(
                    $"files/{i}",
                    $"a second file {NameRules.Show(name)}; names must be unique, "
                    + $"and {SourceRules.ExecutableName} is reserved for the executable");
        }
    }

    private static string? OfSource(SourceFile source, DocumentLimits limits)
    {
        if (source.Url is null == source.Contents is null) return "needs exactly one of a URL and contents";
        if (source.Url is not null) return SourceRules.TryParseUrl(source.Url, out _, out var problem) ? null : $"has a URL that {problem}";
        var bytes = Encoding.UTF8.GetByteCount(source.Contents!);
        return bytes > limits.MaxFileBytes ? $"is {bytes} bytes long; at most {limits.MaxFileBytes} are allowed" : null;
    }

    private static IEnumerable<ConfigFinding> OfNames(
        IEnumerable<string> names, string path, string what, int max, Func<string, string?> rule)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, name) in names.Index())
        {
            if (rule(name) is { } problem) yield return new($"{path}/{i}", $"the name of a {what} {problem}");
            else if (!seen.Add(name)) yield return new($"{path}/{i}", $"a second {what} {NameRules.Show(name)}; names must be unique");
            if (seen.Count <= max) continue;
            yield return new(path, $"more than {max} {what}s");
            yield break;
        }
    }
}
