using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Reads an instance of a registration. It finds errors of form.</summary>
/// <param name="deployable">The deployable.</param>
/// <param name="deployableName">The name of the deployable.</param>
/// <param name="groups">The groups whose instances the parameters do not have to list.</param>
/// <param name="errors">Collects the errors.</param>
internal sealed class InstanceReader(DeployableId deployable, string deployableName, GroupMembers groups, RequestErrors errors)
{
    private readonly ParameterReader _parameters = new(groups, errors);

    /// <summary>Returns the instance, or null if it has no usable UUID.</summary>
    /// <param name="at">The place of the instance in the body.</param>
    /// <param name="request">The instance.</param>
    public InstanceConfig? Read(string at, InstanceRequest? request)
    {
        if (request is null)
        {
            errors.Add($"{at}/id", "the instance is null");
            return null;
        }

        if (!InstanceId.TryParse(request.Id, out var id, out var problem))
        {
            errors.Add($"{at}/id", $"is not a UUID: {problem}");
            return null;
        }

        return new InstanceConfig
        {
            Id = id,
            Name = request.Assembly ?? "",
            Secret = request.Secret ?? "",
            Type = request.Type,
            Deployable = deployable,
            DeployableName = deployableName,
            Template = request.Template,
            ProvidedParameters = [.. (request.Provide ?? []).Select(provided => provided?.Name ?? "")],
            SecretParameters =
                [.. (request.Provide ?? []).Where(provided => provided?.Secret == true).Select(provided => provided.Name ?? "")],
            ProvidedFacts =
            [
                .. from provided in request.Provide ?? []
                   where provided?.Fact is not null
                   select new ProvidedFact(provided.Name ?? "", FactName.Parse(provided.Fact!)),
            ],
            Ordinal = request.Ordinal,
            IsPrototype = request.Prototype == true,
            Stay = request.Stay,
            Services = [.. (request.Services ?? []).Select((service, index) => Service($"{at}/services/{index}", service))],
        };
    }

    private ServiceConfig Service(string at, ServiceConfigRequest? request) => new()
    {
        Name = request?.Name ?? "",
        Classes = [.. (request?.Classes ?? []).Select(name => name ?? "")],
        Executable = Source(request?.Executable),
        Files = [.. (request?.Files ?? []).Select(file => Source(file) ?? new SourceFile())],
        Parameters = [.. (request?.Parameters ?? []).Select((parameter, index) => _parameters.Read($"{at}/parameters/{index}", parameter))],
    };

    private static SourceFile? Source(SourceRequest? request) =>
        request is null ? null : new() { Url = request.Url, FileName = request.FileName, Contents = request.Contents };
}
