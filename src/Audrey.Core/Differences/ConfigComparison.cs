using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;

namespace Audrey.Core.Differences;

/// <summary>
/// Compares the registered configuration of an instance with another one of the same UUID. Secrets are compared, but only the fact that
/// they differ is shown. The number of differences is bounded.
/// </summary>
public sealed class ConfigComparison
{
    private const int MaxFound = 64;
    private const string Secret = "a secret";
    private const string OtherSecret = "another secret";

    private static readonly DocumentLimits Limits = new() { MaxNameLength = int.MaxValue };

    private readonly ImmutableArray<ConfigDifference>.Builder _found = ImmutableArray.CreateBuilder<ConfigDifference>();
    private readonly IReadOnlyDictionary<string, TarFile>? _files;
    private int _more;
    private int _notCompared;

    private ConfigComparison(IReadOnlyDictionary<string, TarFile>? files) => _files = files;

    /// <summary>Returns the differences.</summary>
    /// <param name="registered">The registered configuration, without sources.</param>
    /// <param name="files">The registered executables and files by their paths in the tarball. Null if they are unknown.</param>
    /// <param name="given">The other configuration. Its secret is not compared if it is empty.</param>
    public static InstanceDifferences Run(
        InstanceConfig registered, IReadOnlyDictionary<string, TarFile>? files, InstanceConfig given)
    {
        ArgumentNullException.ThrowIfNull(registered);
        ArgumentNullException.ThrowIfNull(given);
        var comparison = new ConfigComparison(files);
        comparison.Compare(registered, given);
        return new(comparison._found.ToImmutable(), comparison._more, comparison._notCompared);
    }

    private void Compare(InstanceConfig registered, InstanceConfig given)
    {
        AddText("assembly", registered.Name, given.Name);
        AddText("ordinal", Number(registered.Ordinal), Number(given.Ordinal));
        AddText("type", registered.Type, given.Type);
        AddText("template", registered.Template, given.Template);
        AddSides("stay", Truth(registered.Stay), Truth(given.Stay));
        if (given.Secret.Length > 0 && registered.Secret.Length > 0 && given.Secret != registered.Secret)
            AddSides("secret of the guest", new(Secret), new(OtherSecret));
        CompareNamed(
            "", "provided parameter", registered.ProvidedParameters, given.ProvidedParameters, name => name,
            (place, name, _) =>
            {
                AddSides(place, Visibility(registered, name), Visibility(given, name));
                AddText($"{place}: fact", registered.FactOf(name)?.ToString(), given.FactOf(name)?.ToString());
            });
        CompareNamed("", "service", registered.Services, given.Services, service => service.Name, Compare);
    }

    private void Compare(string place, ServiceConfig registered, ServiceConfig given)
    {
        if (!registered.Classes.SequenceEqual(given.Classes))
            AddSides($"{place}: classes", new(ShownText.Of(registered.Classes)), new(ShownText.Of(given.Classes)));
        CompareNamed($"{place}: ", "parameter", registered.Parameters, given.Parameters, parameter => parameter.Name, Compare);
        CompareFiles(place, given);
    }

    private void Compare(string place, ParameterConfig registered, ParameterConfig given)
    {
        var isSecret = registered.Secret || given.Secret;
        if (!IsSameSource(registered, given))
            AddSides(place, SourceOf(registered, isSecret), Other(SourceOf(given, isSecret), isSecret && registered.Value is not null));
        if (!IsSame(registered.Default, given.Default))
        {
            AddSides(
                $"{place}: default", ValueOf(registered.Default, isSecret),
                Other(ValueOf(given.Default, isSecret), isSecret && registered.Default is not null));
        }

        AddSides($"{place}: secret", Truth(registered.Secret), Truth(given.Secret));
        AddSides($"{place}: type", new(ParameterTypes.Name(registered.Type)), new(ParameterTypes.Name(given.Type)));
        AddSides($"{place}: on_failed", new(FailurePolicies.Name(registered.OnFailed)), new(FailurePolicies.Name(given.OnFailed)));
        CompareMembers(place, registered.Group, given.Group);
    }

    /// <summary>
    /// Compares the members of a group that a parameter refers to. If their numbers differ, the group itself differs, which is told once.
    /// </summary>
    private void CompareMembers(string place, GroupReference? registered, GroupReference? given)
    {
        if (registered is null || given is null || registered.Members.Length != given.Members.Length) return;
        if (registered.Members.SequenceEqual(given.Members)) return;
        var number = registered.Members.Length;
        AddSides($"{place}: members of the group", new($"{number} instances"), new($"{number} other instances, or in another order"));
    }

    private void CompareFiles(string place, ServiceConfig given)
    {
        var folder = $"{given.Name}/";
        var sources = new Dictionary<string, SourceFile>(StringComparer.Ordinal);
        if (given.Executable is { } executable) sources.Add(SourceRules.ExecutableName, executable);
        foreach (var file in given.Files)
            if (SourceRules.TryGetFileName(file, Limits, out var name, out _)) sources.TryAdd(name, file);
        if (_files is null)
        {
            _notCompared += sources.Count;
            return;
        }

        foreach (var (path, file) in _files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal)))
            if (!sources.ContainsKey(path[folder.Length..])) AddSides(PartOf(path[folder.Length..]), new(ShownText.Of(file)), null);
        foreach (var (name, source) in sources)
        {
            var registered = _files.GetValueOrDefault(folder + name);
            if (registered is not null && source.Url is not null) _notCompared++;
            else AddSides(PartOf(name), registered is null ? null : new(ShownText.Of(registered)), new(TextOf(source)));
        }

        string PartOf(string name) => name == SourceRules.ExecutableName ? $"{place}: executable" : $"{place}: file {name}";
    }

    private static string TextOf(SourceFile source)
    {
        if (source.Url is not null) return "a file by URL";
        return ShownText.Of(TarFile.Of(Encoding.UTF8.GetBytes(source.Contents ?? "")));
    }

    private void CompareNamed<T>(
        string before, string kind, ImmutableArray<T> registered, ImmutableArray<T> given, Func<T, string> nameOf,
        Action<string, T, T> compare)
    {
        var (old, now) = (ByName(registered), ByName(given));
        foreach (var (name, part) in old)
        {
            if (now.TryGetValue(name, out var other)) compare($"{before}{kind} {name}", part, other);
            else AddSides($"{before}{kind} {name}", DifferenceSide.Present, null);
        }

        foreach (var name in now.Keys.Where(name => !old.ContainsKey(name)))
            AddSides($"{before}{kind} {name}", null, DifferenceSide.Present);
        if (old.Count != now.Count || !old.Keys.All(now.ContainsKey) || old.Keys.SequenceEqual(now.Keys)) return;
        AddSides($"{before}order of the {kind}s", new(ShownText.Of(old.Keys)), new(ShownText.Of(now.Keys)));

        OrderedDictionary<string, T> ByName(ImmutableArray<T> parts)
        {
            var named = new OrderedDictionary<string, T>(StringComparer.Ordinal);
            foreach (var part in parts) named.TryAdd(nameOf(part), part);
            return named;
        }
    }

    private void AddText(string place, string? registered, string? given) =>
        AddSides(
            place, registered is null ? null : new(ShownText.Of(registered)), given is null ? null : new(ShownText.Of(given)));

    /// <summary>Adds a difference if the sides differ.</summary>
    private void AddSides(string place, DifferenceSide? registered, DifferenceSide? given)
    {
        if (registered == given) return;
        if (_found.Count < MaxFound) _found.Add(new(place, registered, given));
        else _more++;
    }

    private static bool IsSameSource(ParameterConfig registered, ParameterConfig given) =>
        IsSame(registered.Value, given.Value) && registered.Reference == given.Reference
        && WithoutMembers(registered.Group) == WithoutMembers(given.Group);

    private static GroupReference? WithoutMembers(GroupReference? group) => group is null ? null : group with { Members = [] };

    private static DifferenceSide? SourceOf(ParameterConfig parameter, bool isSecret) => parameter switch
    {
        { Reference: { } reference } => new(ShownText.Of(reference.Kind, reference.Name), reference.Provider),
        { Group: { } group } => new(ShownText.Of(group)),
        _ => ValueOf(parameter.Value, isSecret),
    };

    private static DifferenceSide? ValueOf(byte[]? value, bool isSecret) =>
        value is null ? null : new(isSecret ? Secret : ShownText.Of(value));

    /// <summary>Returns the side of the given configuration. A secret that differs from the registered one is another secret.</summary>
    private static DifferenceSide? Other(DifferenceSide? given, bool differs) =>
        differs && given?.Text == Secret ? new(OtherSecret) : given;

    private static DifferenceSide Visibility(InstanceConfig config, string name) =>
        new(config.SecretParameters.Contains(name) ? "its value is secret" : "its value is open");

    private static DifferenceSide? Truth(bool? value) => value is null ? null : new(value.Value ? "true" : "false");

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static bool IsSame(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);
}
