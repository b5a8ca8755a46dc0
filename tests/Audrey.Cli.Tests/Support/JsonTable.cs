using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Cli.Output;
using Audrey.Cli.Profiles;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Tests.Support;

/// <summary>The form of the JSON that some commands print.</summary>
/// <param name="Commands">The commands, as they are written on the command line.</param>
/// <param name="Type">The type of the value, or of each line. Null if there is no such type.</param>
/// <param name="Elsewhere">A reference to the page that describes the fields. Null if docs/cli.md lists them.</param>
internal sealed record JsonForm(string[] Commands, Type? Type, string? Elsewhere = null);

/// <summary>
/// The one table of the JSON that commands print with <c>--json</c>. Tests compare it with what the commands print and with the table in
/// docs/cli.md.
/// </summary>
internal static class JsonTable
{
    public static readonly JsonForm[] Forms =
    [
        new(["validate"], typeof(ValidationOutput)),
        new(["plan"], null, "the plan, see [launching](launching.md)"),
        new(["launch"], typeof(LaunchOutput)),
        new(["status", "report", "watch", "launch --local"], typeof(StatusOutput)),
        new(["wait"], typeof(WaitResultOutput)),
        new(["events"], typeof(Event), "an event on each line, see [events](events.md)"),
        new(["logs"], typeof(LoggedRunOutput)),
        new(["facts"], typeof(FactsStatus)),
        new(["bus agents"], typeof(BusAgentOutput)),
        new(["bus get", "bus watch"], typeof(BusObjectOutput)),
        new(["bus call"], null, "the results by name"),
        new(["describe"], typeof(DescriptionOutput)),
        new(["list"], typeof(DeployablesOutput)),
        new(["scale"], typeof(ScalingOutput)),
        new(["remove"], typeof(RemovalOutput)),
        new(["replace"], typeof(ReplacementOutput)),
        new(["rotate"], typeof(RotationOutput)),
        new(["retry"], typeof(RetryOutput)),
        new(["handover"], typeof(HandOverOutput)),
        new(["delete"], typeof(DeletionOutput)),
        new(["conductor add", "conductor rotate"], typeof(CredentialOutput)),
        new(["conductor list"], typeof(ConductorsOutput)),
        new(["conductor revoke"], typeof(RevocationOutput)),
        new(["audit"], typeof(AuditListEntry)),
        new(["certificates ca", "certificates silo", "certificates client"], typeof(CertificatesOutput)),
        new(["profile list"], typeof(ProfileSet)),
    ];

    /// <summary>Returns the fields of a type: the name, the type of its items or of itself, and whether the field is optional.</summary>
    public static IEnumerable<(string Name, Type Type, bool IsOptional)> FieldsOf(Type type)
    {
        // A context cannot be used by several threads.
        var nullability = new NullabilityInfoContext();
        return
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.GetCustomAttribute<JsonIgnoreAttribute>() is null && property.GetIndexParameters().Length == 0
            let given = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
            let name = given ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name)
            select (name, ItemOf(property.PropertyType), nullability.Create(property).ReadState == NullabilityState.Nullable);
    }

    /// <summary>Returns whether values of a type are objects whose fields the table lists.</summary>
    public static bool HasFields(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static Type ItemOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || !type.IsGenericType || typeof(IDictionary).IsAssignableFrom(type)) return type;
        return type.GetGenericArguments() is [var item] && typeof(IEnumerable).IsAssignableFrom(type) ? item : type;
    }
}
