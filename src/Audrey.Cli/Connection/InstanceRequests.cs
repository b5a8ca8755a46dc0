using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Writes instances in the form in which version 3 registers them.</summary>
/// <param name="isKnown">Returns whether the members of the group were already sent under the name of its assembly, so that they need not
/// be listed again.</param>
internal sealed class InstanceRequests(Func<GroupReference, bool> isKnown)
{
    private static readonly UTF8Encoding StrictText = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public InstanceRequest Of(InstanceConfig instance) => new()
    {
        Id = instance.Id.Value,
        Prototype = instance.IsPrototype ? true : null,
        Assembly = instance.Name,
        Ordinal = instance.Ordinal,
        Secret = instance.IsPrototype ? null : instance.Secret,
        Type = instance.Type,
        Template = instance.Template,
        Provide =
        [
            .. instance.ProvidedParameters.Select(name => new ProvideRequest
            {
                Name = name,
                Secret = instance.SecretParameters.Contains(name) ? true : null,
                Fact = instance.FactOf(name)?.ToString(),
            }),
        ],
        Stay = instance.Stay,
        Services = [.. instance.Services.Select(Of)],
    };

    public static IReadOnlyList<string> MembersOf(ImmutableArray<InstanceId> members) => [.. members.Select(member => member.Value)];

    private ServiceConfigRequest Of(ServiceConfig service) => new()
    {
        Name = service.Name,
        Classes = service.Classes.IsEmpty ? null : service.Classes,
        Executable = service.Executable is null ? null : Of(service.Executable),
        Files = service.Files.IsEmpty ? null : [.. service.Files.Select(Of)],
        Parameters = [.. service.Parameters.Select(Of)],
    };

    private static SourceRequest Of(SourceFile file) => new() { Url = file.Url, FileName = file.FileName, Contents = file.Contents };

    private ParameterRequest Of(ParameterConfig parameter)
    {
        var (value, base64) = TextOrBase64(parameter.Value);
        var (text, textBase64) = TextOrBase64(parameter.Default);
        return new()
        {
            Name = parameter.Name,
            Value = value,
            Base64 = base64,
            From = FromOf(parameter),
            Default = text,
            DefaultBase64 = textBase64,
            Type = parameter.Type == ParameterType.Text ? null : ParameterTypes.Name(parameter.Type),
            Secret = parameter.Secret ? true : null,
        };
    }

    private SourceOfValue? FromOf(ParameterConfig parameter) => parameter switch
    {
        { Reference: { } reference } => new()
        {
            Instance = reference.Provider.Value,
            Parameter = reference.Kind == ReferenceKind.ProvidedParameter ? reference.Name : null,
            Service = reference.Kind == ReferenceKind.ServiceEnd ? reference.Name : null,
            OnFailed = OnFailedOf(parameter),
        },
        { Group: { } group } => new()
        {
            Group = group.Assembly,
            Instances = isKnown(group) ? null : MembersOf(group.Members),
            First = group.First,
            AtLeast = group.AtLeast,
            Parameter = group.Kind == ReferenceKind.ProvidedParameter ? group.Name : null,
            Service = group.Kind == ReferenceKind.ServiceEnd ? group.Name : null,
            OnFailed = OnFailedOf(parameter),
        },
        _ => null,
    };

    private static string? OnFailedOf(ParameterConfig parameter) =>
        parameter.OnFailed == FailurePolicy.GoOn ? null : FailurePolicies.Name(parameter.OnFailed);

    private static (string? Text, string? Base64) TextOrBase64(byte[]? bytes)
    {
        if (bytes is null) return default;
        try
        {
            return (StrictText.GetString(bytes), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Convert.ToBase64String(bytes));
        }
    }
}
