namespace Audrey.Hosting.Settings;

/// <summary>
/// Describes the default or the range of a setting, if neither the property's default value nor a <see
/// cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> states it. The settings page of the documentation is generated from these
/// attributes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute : Attribute
{
    /// <summary>Gets the default as text for human readers. Null if the default value of the property states it.</summary>
    public string? Default { get; init; }

    /// <summary>Gets the range as text for human readers. Null if another attribute or the type states it.</summary>
    public string? Range { get; init; }
}
