using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Audrey.Core.Documents;

namespace Audrey.Core.Planning.Output;

/// <summary>Writes a plan as JSON for any launcher. The format is described in <c>docs/launching.md</c>.</summary>
public static class PlanJson
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="showSecrets">Whether to write secrets, secret values and user data.</param>
    public static string Write(LaunchPlan plan, bool showSecrets)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("audreyPlan", Version);
            json.WriteString("deployableId", plan.Id.Value);
            json.WriteString("deployableName", plan.Name);
            if (plan.Deadline is { } deadline) json.WriteNumber("deadlineSeconds", deadline.TotalSeconds);
            if (plan.Endpoint is not null) json.WriteString("endpoint", plan.Endpoint.AbsoluteUri.TrimEnd('/'));
            if (showSecrets) Setup(json, plan.Setup);
            json.WriteStartArray("instances");
            foreach (var instance in plan.Instances) Instance(json, plan, instance, showSecrets);
            json.WriteEndArray();
            if (!plan.Prototypes.IsEmpty) Prototypes(json, plan.Prototypes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Prototypes(Utf8JsonWriter json, ImmutableArray<PlannedPrototype> prototypes)
    {
        json.WriteStartArray("prototypes");
        foreach (var prototype in prototypes)
        {
            json.WriteStartObject();
            json.WriteString("assembly", prototype.Config.Name);
            json.WriteString("uuid", prototype.Config.Id.Value);
            Texts(json, "packages", prototype.Packages);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Instance(Utf8JsonWriter json, LaunchPlan plan, PlannedInstance instance, bool showSecrets)
    {
        json.WriteStartObject();
        json.WriteString("label", instance.Label);
        json.WriteString("assembly", instance.Assembly);
        if (instance.Ordinal is { } ordinal) json.WriteNumber("ordinal", ordinal);
        json.WriteString("uuid", instance.Config.Id.Value);
        json.WriteString("hostName", instance.HostName);
        Optional(json, "hardwareProfile", instance.HardwareProfile);
        Optional(json, "realm", instance.Realm);
        Optional(json, "image", instance.Image?.Id);
        Optional(json, "imageBuild", instance.Image?.Build);
        Optional(json, "template", instance.Config.Template);
        Texts(json, "packages", instance.Packages);
        if (showSecrets)
        {
            json.WriteString("secret", instance.Config.Secret);
            if (plan.Endpoint is not null)
            {
                json.WriteString("userData", UserDataLine.Format(plan, instance));
                json.WriteString("userDataBase64", UserDataLine.FormatBase64(plan, instance));
                json.WriteString("cloudConfig", CloudConfig.Format(plan, instance));
            }
        }

        Texts(json, "provides", instance.Config.ProvidedParameters);
        if (!instance.Config.ProvidedFacts.IsEmpty)
        {
            json.WriteStartObject("facts");
            foreach (var (parameter, fact) in instance.Config.ProvidedFacts) json.WriteString(parameter, fact.ToString());
            json.WriteEndObject();
        }

        // Only what the document says. So the directory of an earlier launch keeps its plan to the byte.
        if (instance.Config.Stay is { } stay) json.WriteBoolean("stay", stay);
        json.WriteStartArray("services");
        foreach (var service in instance.Config.Services) Service(json, service, showSecrets);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Setup(Utf8JsonWriter json, MachineSetup setup)
    {
        if (setup == new MachineSetup()) return;
        json.WriteStartObject("machineSetup");
        Optional(json, "userDataBase", setup.UserDataBase);
        Optional(json, "caCertificates", setup.CaCertificates);
        Optional(json, "aptRepository", setup.AptRepository);
        Optional(json, "yumRepository", setup.YumRepository);
        Optional(json, "repositoryKey", setup.RepositoryKey);
        json.WriteBoolean("installPackages", setup.InstallPackages);
        json.WriteEndObject();
    }

    private static void Service(Utf8JsonWriter json, ServiceConfig service, bool showSecrets)
    {
        json.WriteStartObject();
        json.WriteString("name", service.Name);
        Texts(json, "classes", service.Classes);
        if (service.Executable is not null) Source(json.WriteName("executable"), service.Executable);
        json.WriteStartArray("files");
        foreach (var file in service.Files) Source(json, file);
        json.WriteEndArray();
        json.WriteStartArray("parameters");
        foreach (var parameter in service.Parameters) Parameter(json, parameter, showSecrets);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Source(Utf8JsonWriter json, SourceFile source)
    {
        json.WriteStartObject();
        Optional(json, "fileName", source.FileName);
        Optional(json, "url", source.Url);
        Optional(json, "contents", source.Contents);
        json.WriteEndObject();
    }

    private static void Parameter(Utf8JsonWriter json, ParameterConfig parameter, bool showSecrets)
    {
        var shown = showSecrets || !parameter.Secret;
        json.WriteStartObject();
        json.WriteString("name", parameter.Name);
        json.WriteString("type", ParameterTypes.Name(parameter.Type));
        json.WriteBoolean("secret", parameter.Secret);
        if (shown && parameter.Value is not null) json.WriteString("value", parameter.Value);
        if (shown && parameter.Default is not null) json.WriteString("default", parameter.Default);
        if (parameter.OnFailed == FailurePolicy.Stop) json.WriteString("onFailed", FailurePolicies.Stop);
        if (parameter.Reference is { } reference)
        {
            json.WriteStartObject("reference");
            json.WriteString("instance", reference.Provider.Value);
            json.WriteString(reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter", reference.Name);
            json.WriteEndObject();
        }

        if (parameter.Group is { } group)
        {
            json.WriteStartObject("group");
            json.WriteString("assembly", group.Assembly);
            json.WriteString(group.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter", group.Name);
            if (group.First is { } first) json.WriteNumber("first", first);
            if (group.AtLeast is { } bound) json.WriteNumber("atLeast", bound);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static Utf8JsonWriter WriteName(this Utf8JsonWriter json, string name)
    {
        json.WritePropertyName(name);
        return json;
    }
}
